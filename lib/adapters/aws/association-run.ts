import {
  DescribeAssociationCommand,
  DescribeAssociationExecutionsCommand,
  DescribeAssociationExecutionTargetsCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';

/** Runs that may be newer than the one that is looked for: new hosts have runs of their own. */
const NEWEST = 10;
const NOT_ENDED = ['Pending', 'InProgress'];

interface Asked {
  associationId: string;
  instanceId: string;
  /** The stack's document: associations of others are none of ours. */
  document: string;
}

interface Found {
  group: string;
  /** Of the Run Command that has the output. */
  commandId: string;
  requestedAt: Date | undefined;
}

/**
 * The newest run of an association on a host that has ended. Its output is that of a command, which the run's target names.
 * Source: Systems Manager API reference, DescribeAssociationExecutionTargets, OutputSource.
 */
export async function findAssociationRun(ssm: SSMClient, asked: Asked): Promise<Found | undefined> {
  const { associationId: AssociationId, instanceId, document } = asked;
  const { AssociationDescription: association } = await ssm.send(
    new DescribeAssociationCommand({ AssociationId }),
  );
  const [group] = association?.Parameters?.group ?? [];
  if (association?.Name !== document || group === undefined) return undefined;
  const { AssociationExecutions: runs = [] } = await ssm.send(
    new DescribeAssociationExecutionsCommand({ AssociationId, MaxResults: 50 }),
  );
  const newest = runs.toSorted((a, b) => Number(b.CreatedTime) - Number(a.CreatedTime)).slice(0, NEWEST);
  for (const { ExecutionId, CreatedTime: requestedAt } of newest) {
    const Filters = [{ Key: 'ResourceId' as const, Value: instanceId }];
    const { AssociationExecutionTargets: targets = [] } = await ssm.send(
      new DescribeAssociationExecutionTargetsCommand({ AssociationId, ExecutionId, Filters }),
    );
    const ended = targets.find(({ Status = 'Pending' }) => !NOT_ENDED.includes(Status));
    const commandId = ended?.OutputSource?.OutputSourceId;
    if (commandId) return { group, commandId, requestedAt };
  }
  return undefined;
}

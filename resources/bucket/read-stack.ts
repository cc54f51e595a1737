import {
  type CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { OtherStack, StacksOfRegion } from './rules/leaving.ts';

/** The stack that made the bucket, where it is still there and still has it. */
export async function whoHas(
  stacks: CloudFormationClient,
  stackId: string | undefined,
  logicalId = '',
): Promise<string | undefined> {
  const made = stackId === undefined ? undefined : await describe(stacks, stackId);
  if (!made?.StackName || made.StackStatus === 'DELETE_COMPLETE') return undefined;
  return (await hasResource(stacks, made.StackName, logicalId)) ? made.StackName : undefined;
}

/** The stack of that name or id, where there is one. */
export async function describe(client: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName }))
    .catch(whereThereIsNone({ Stacks: [] }));
  return Stacks[0];
}

/** All stacks of the region, or why they are not to be had: most who deploy may look at their own only. */
export async function listStacks(client: CloudFormationClient): Promise<StacksOfRegion> {
  const found: OtherStack[] = [];
  try {
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
      for (const { StackName: name = '', Outputs = [] } of Stacks)
        found.push({ name, hasBucket: Outputs.some(({ OutputKey }) => OutputKey === 'Bucket') });
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return found;
}

/** Whether the stack has a resource by that logical id. */
export async function hasResource(
  client: CloudFormationClient,
  StackName: string,
  LogicalResourceId: string,
): Promise<boolean> {
  const { StackResourceDetail } = await client
    .send(new DescribeStackResourceCommand({ StackName, LogicalResourceId }))
    .catch(whereThereIsNone({ StackResourceDetail: undefined }));
  return StackResourceDetail !== undefined && !StackResourceDetail.ResourceStatus?.startsWith('DELETE_');
}

/** CloudFormation's ValidationError says only in words that a stack or resource does not exist. */
function whereThereIsNone<Answer>(none: Answer) {
  return (error: unknown): Answer => {
    if (error instanceof Error && /does not exist/.test(error.message)) return none;
    throw error;
  };
}

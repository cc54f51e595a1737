import { SsmApiError } from './api-error.ts';
import type { Association, Execution, StateManager } from './state-manager.ts';

interface Asked {
  AssociationId?: string;
  ExecutionId?: string;
  Filters?: { Key: string; Value: string }[];
}

/** What the SSM API says of associations. Source of all shapes: SSM API reference. Instants are seconds since 1970. */
export function associationActions(stateManager: StateManager) {
  const known = ({ AssociationId = '' }: Asked): Association => {
    const association = stateManager.association(AssociationId);
    if (!association) throw new SsmApiError('AssociationDoesNotExist', `${AssociationId} is no association`);
    return association;
  };
  return {
    DescribeAssociation(asked: Asked) {
      const { id, documentName, parameters, targets } = known(asked);
      return {
        AssociationDescription: {
          AssociationId: id,
          Name: documentName,
          Parameters: parameters,
          Targets: targets,
        },
      };
    },
    DescribeAssociationExecutions(asked: Asked) {
      return { AssociationExecutions: stateManager.executions(known(asked).id).map(viewExecution) };
    },
    DescribeAssociationExecutionTargets(asked: Asked) {
      const execution = stateManager.executions(known(asked).id).find(({ id }) => id === asked.ExecutionId);
      if (!execution)
        throw new SsmApiError('AssociationExecutionDoesNotExist', `${asked.ExecutionId} is no execution`);
      const { Filters = [] } = asked;
      const wanted = Filters.find(({ Key }) => Key === 'ResourceId')?.Value;
      return {
        AssociationExecutionTargets: viewTargets(execution).filter(
          ({ ResourceId }) => ResourceId === (wanted ?? ResourceId),
        ),
      };
    },
  };
}

function viewExecution({ id, associationId, createdAt, command }: Execution) {
  return {
    AssociationId: associationId,
    AssociationVersion: '1',
    ExecutionId: id,
    CreatedTime: createdAt.getTime() / 1000,
    Status: command.status,
    DetailedStatus: command.statusDetails,
  };
}

function viewTargets({ id, associationId, command }: Execution) {
  return command.invocations.map(({ instanceId, status, statusDetails }) => ({
    AssociationId: associationId,
    AssociationVersion: '1',
    ExecutionId: id,
    ResourceId: instanceId,
    ResourceType: instanceId.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance',
    Status: status,
    DetailedStatus: statusDetails,
    OutputSource: { OutputSourceId: command.id, OutputSourceType: 'RunCommand' },
  }));
}

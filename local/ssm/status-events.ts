import type { EmitEvent } from '../gateway/request.ts';
import type { Command, Invocation } from './command.ts';

type StatusEvent = Parameters<EmitEvent>[0];

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/** Source: Systems Manager user guide, "Monitoring Systems Manager status changes", sample events for Run Command. */
export function commandEvent(command: Command): StatusEvent {
  return {
    source: 'aws.ssm',
    detailType: 'EC2 Command Status-change Notification',
    resources: [`arn:aws:ssm:${REGION}:${ACCOUNT}:document/${command.documentName}`],
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'expire-after': expiresAfter(command).toISOString(),
      parameters: command.parameters,
      'requested-date-time': command.requestedAt.toISOString(),
      status: command.status,
    },
  };
}

/** Source: as above. */
export function invocationEvent(command: Command, invocation: Invocation): StatusEvent {
  const { instanceId } = invocation;
  const service = instanceId.startsWith('mi-') ? 'ssm' : 'ec2';
  const kind = instanceId.startsWith('mi-') ? 'managed-instance' : 'instance';
  return {
    source: 'aws.ssm',
    detailType: 'EC2 Command Invocation Status-change Notification',
    resources: [`arn:aws:${service}:${REGION}:${ACCOUNT}:${kind}/${instanceId}`],
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'instance-id': instanceId,
      'requested-date-time': command.requestedAt.toISOString(),
      status: invocation.status,
    },
  };
}

/** Source: Systems Manager user guide, sample events for State Manager. */
export function associationEvent(command: Command, invocation: Invocation): StatusEvent {
  const { instanceId } = invocation;
  return {
    source: 'aws.ssm',
    detailType: 'EC2 State Manager Instance Association State Change',
    resources: [`arn:aws:ssm:${REGION}:${ACCOUNT}:document/${command.documentName}`],
    detail: {
      'association-id': command.associationId,
      'instance-id': instanceId,
      'document-name': command.documentName,
      'document-version': '$DEFAULT',
      targets: JSON.stringify([{ key: 'instanceids', values: [instanceId] }]),
      'creation-date': command.requestedAt.toISOString(),
      'last-execution-date': command.requestedAt.toISOString(),
      status: invocation.status,
      'detailed-status': invocation.statusDetails,
    },
  };
}

export function expiresAfter(command: Command): Date {
  return new Date(command.requestedAt.getTime() + command.timeoutSeconds * 1000);
}

import type { AwsRequest } from '../gateway/request.ts';
import { ACCOUNT, type Authorization } from './authorization.ts';

export type HostTags = (hostId: string) => Readonly<Record<string, string>> | undefined;

interface Sent {
  Name?: string;
  AssociationId?: string;
  DocumentName?: string;
  InstanceIds?: string[];
  Targets?: { Key: string; Values: string[] }[];
}

/**
 * What an SSM request needs; `undefined` for one that is not known here. Parameters are encrypted with the account's own
 * key for SSM, which asks nothing more of a role.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Systems Manager".
 */
export function ssmAuthorizations(
  { region, body }: AwsRequest,
  { action, hostTags }: { action: string; hostTags: HostTags },
): Authorization[] | undefined {
  const sent = JSON.parse(body.toString() || '{}') as Sent;
  const arn = `arn:aws:ssm:${region}:${ACCOUNT}`;
  const parameter = `${arn}:parameter/${(sent.Name ?? '').replace(/^\//, '')}`;
  switch (action) {
    case 'DescribeAssociation':
    case 'DescribeAssociationExecutions':
    case 'DescribeAssociationExecutionTargets':
      return [{ action: `ssm:${action}`, resource: `${arn}:association/${sent.AssociationId}`, context: {} }];
    case 'DescribeInstanceInformation':
    case 'DescribeParameters':
    case 'GetCommandInvocation':
    case 'ListCommands':
      return [{ action: `ssm:${action}`, resource: '*', context: {} }];
    case 'GetParameter':
    case 'DeleteParameter':
      return [{ action: `ssm:${action}`, resource: parameter, context: {} }];
    case 'SendCommand':
      return sendCommand(sent, { arn, region, hostTags });
    default:
      return undefined;
  }
}

/** The document, and each host by its tags; with a tag as the target, hosts of either kind that carry it. */
function sendCommand(
  { DocumentName = '', InstanceIds = [], Targets = [] }: Sent,
  { arn, region, hostTags }: { arn: string; region: string; hostTags: HostTags },
): Authorization[] {
  const hosts = InstanceIds.map((id): Authorization => {
    const tags = Object.entries(hostTags(id) ?? {});
    return {
      action: 'ssm:SendCommand',
      resource: id.startsWith('mi-')
        ? `${arn}:managed-instance/${id}`
        : `arn:aws:ec2:${region}:${ACCOUNT}:instance/${id}`,
      context: Object.fromEntries(tags.map(([tag, value]) => [`ssm:resourceTag/${tag}`, value])),
    };
  });
  const kinds = [`arn:aws:ec2:${region}:${ACCOUNT}:instance/*`, `${arn}:managed-instance/*`];
  const targeted = Targets.flatMap(({ Key, Values }) =>
    kinds.flatMap((resource) =>
      Values.map((value) => ({
        action: 'ssm:SendCommand',
        resource,
        context: Key.startsWith('tag:') ? { [`ssm:resourceTag/${Key.slice(4)}`]: value } : {},
      })),
    ),
  );
  const document = `${arn}:document/${DocumentName}`;
  return [{ action: 'ssm:SendCommand', resource: document, context: {} }, ...hosts, ...targeted];
}

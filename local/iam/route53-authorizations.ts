import type { ActionName } from '../gateway/action.ts';
import type { AwsRequest } from '../gateway/request.ts';
import { parseChangeBatch } from '../route53/parse-change-batch.ts';
import type { Authorization } from './authorization.ts';

/**
 * What a Route 53 request needs; `undefined` for one that is not known here.
 * Source: Route 53 developer guide, "Using IAM policy conditions for fine-grained access control".
 */
export function route53Authorizations(
  request: AwsRequest,
  { action, resource }: ActionName,
): Authorization[] | undefined {
  const zone = `arn:aws:route53:::hostedzone/${resource}`;
  switch (action) {
    case 'ListHostedZones':
    case 'ListHostedZonesByName':
      return [{ action: `route53:${action}`, resource: '*', context: {} }];
    case 'GetChange':
      return [{ action: 'route53:GetChange', resource: `arn:aws:route53:::change/${resource}`, context: {} }];
    case 'GetHostedZone':
    case 'ListResourceRecordSets':
      return [{ action: `route53:${action}`, resource: zone, context: {} }];
    case 'ChangeResourceRecordSets':
      return [{ action: `route53:${action}`, resource: zone, context: changeContext(request) }];
    default:
      return undefined;
  }
}

const KEY = 'route53:ChangeResourceRecordSets';

/** IAM judges a batch as a whole, by the sets of its names, types and actions. */
function changeContext({ body }: AwsRequest): Record<string, string[]> {
  const batch = parseChangeBatch(body.toString());
  const changes = 'changes' in batch ? batch.changes : [];
  if (changes.length === 0) return {};
  const distinct = (values: string[]) => [...new Set(values)];
  return {
    // A normalized name has no trailing dot in a policy.
    [`${KEY}NormalizedRecordNames`]: distinct(changes.map(({ recordSet }) => recordSet.name.slice(0, -1))),
    [`${KEY}RecordTypes`]: distinct(changes.map(({ recordSet }) => recordSet.type)),
    [`${KEY}Actions`]: distinct(changes.map(({ action }) => action)),
  };
}

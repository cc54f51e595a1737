import type { AwsRequest } from '../gateway/request.ts';
import type { Authorization } from './authorization.ts';

/** What an SNS request needs; `undefined` for one that is not known here. */
export function snsAuthorizations({ body }: AwsRequest, action: string): Authorization[] | undefined {
  if (action !== 'Publish' && action !== 'ListSubscriptionsByTopic') return undefined;
  const resource = new URLSearchParams(body.toString()).get('TopicArn') ?? '';
  return [{ action: `sns:${action}`, resource, context: {} }];
}

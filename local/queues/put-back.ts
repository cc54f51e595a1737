import { actionOf } from '../gateway/action.ts';
import type { AwsRequest } from '../gateway/request.ts';

/** A message that a function puts back for a while comes as soon as one of a failed batch does, where that is set. */
export function sooner(request: AwsRequest, retryAfterMs: number | undefined): AwsRequest {
  if (retryAfterMs === undefined || actionOf(request).action !== 'SendMessage') return request;
  // SDKs of the last years speak JSON; what the query protocol asks for is left as it is.
  if (!request.headers['content-type']?.includes('json')) return request;
  const message = JSON.parse(request.body.toString());
  if (message.DelaySeconds === undefined) return request;
  const DelaySeconds = Math.min(message.DelaySeconds, Math.ceil(retryAfterMs / 1000));
  return { ...request, body: Buffer.from(JSON.stringify({ ...message, DelaySeconds })) };
}

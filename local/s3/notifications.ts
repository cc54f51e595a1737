import { queryOf, s3Location } from '../gateway/action.ts';
import type { AwsRequest, AwsResponse } from '../gateway/request.ts';

const NONE = '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>';

/**
 * The notifications of buckets, as they were put. moto would tell EventBridge of its own, and does not answer that it does.
 * What CloudFormation set is not known here.
 */
export class Notifications {
  readonly #put = new Map<string, string>();

  /** The answer to a request about notifications; nothing to any other. */
  answer(request: AwsRequest): AwsResponse | undefined {
    const { bucket, key } = s3Location(request);
    if (key !== '' || !queryOf(request).has('notification')) return undefined;
    const headers = { 'content-type': 'application/xml' };
    if (request.method === 'GET') return { status: 200, headers, body: this.#put.get(bucket) ?? NONE };
    if (request.method !== 'PUT') return undefined;
    this.#put.set(bucket, request.body.toString());
    return { status: 200, headers, body: '' };
  }
}

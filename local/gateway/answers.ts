import { randomUUID } from 'node:crypto';
import type { AwsResponse } from './request.ts';

/** An answer of the AWS JSON protocols (Lambda's REST and the `X-Amz-Target` ones). */
export function jsonAnswer(body: unknown, status = 200): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

/** An error of the AWS JSON protocols. `code` as in the API reference, such as `ResourceNotFoundException`. */
export function jsonError(code: string, message: string, status = 400): AwsResponse {
  const answer = jsonAnswer({ __type: code, message, Message: message }, status);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
}

import { randomUUID } from 'node:crypto';
import type { AwsResponse } from '../gateway/request.ts';
import { buildXml } from './xml.ts';

export function xmlAnswer(root: string, content: Record<string, unknown>): AwsResponse {
  return answer(200, buildXml(root, content));
}

export function errorAnswer(code: string, message: string, status = 400): AwsResponse {
  const content = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: randomUUID() };
  return answer(status, buildXml('ErrorResponse', content));
}

/**
 * All that is wrong with a change batch. On the wire it is one message, `[first, second]`, not the
 * `<InvalidChangeBatch><Messages>` of the API reference (as seen in https://github.com/aws/aws-sdk-kotlin/pull/1435).
 */
export function invalidChangeBatch(errors: string[]): AwsResponse {
  return errorAnswer('InvalidChangeBatch', `[${errors.join(', ')}]`);
}

export function throttling(): AwsResponse {
  return errorAnswer('Throttling', 'Rate exceeded');
}

export function priorRequestNotComplete(): AwsResponse {
  const message = 'The request was rejected because Route 53 was still processing a prior request.';
  return errorAnswer('PriorRequestNotComplete', message);
}

function answer(status: number, body: string): AwsResponse {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() }, body };
}

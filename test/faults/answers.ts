import type { Fault, FaultEffect } from '../../local/gateway/faults.ts';
import type { AwsResponse } from '../../local/gateway/request.ts';

/** A CA's refusal (RFC 8555, 6.7). */
export function problem(
  type: string,
  {
    status = 403,
    detail = type,
    headers = {},
  }: { status?: number; detail?: string; headers?: Record<string, string> } = {},
): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail, status }),
  };
}

export function plain(status: number, body = ''): AwsResponse {
  return { status, headers: { 'content-type': 'text/html' }, body };
}

export function s3Refusal(status: number, code: string, message = code): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}

export function route53Refusal(status: number, code: string, message = code): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}

/** Answers so, every time from the nth on unless `times` says how often. */
export function answered(response: AwsResponse): FaultEffect {
  return { kind: 'answer', response };
}

export const ALWAYS = 1_000_000;

/** A fault in what is done with an S3 object of this key. */
export function onObject(
  key: RegExp,
  action: 'PutObject' | 'GetObject',
): Pick<Fault, 'service' | 'action' | 'when'> {
  return { service: 's3', action, when: (_, { resource }) => key.test(`/${resource}`) };
}

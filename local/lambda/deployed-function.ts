import type { AwsResponse, Forward } from '../gateway/request.ts';

/** A function as it is deployed: what Lambda itself would look at to run it. */
export interface DeployedFunction {
  name: string;
  arn: string;
  /** of the role, such as `arn:aws:iam::123456789012:role/renew` */
  role: string;
  handler: string;
  runtime: string;
  timeoutMs: number;
  memoryMb: number;
  environment: Record<string, string>;
  codeSha256: string;
  lastModified: string;
  reservedConcurrency: number | undefined;
}

/** The function is not there, or cannot be run here; `answer` is what the API says. */
export class FunctionUnavailableError extends Error {
  override name = 'FunctionUnavailableError';
  readonly answer: AwsResponse;

  constructor(message: string, answer: AwsResponse) {
    super(message);
    this.answer = answer;
  }
}

/** `name` from a function's name, ARN or partial ARN, with or without a qualifier. */
export function functionName(nameOrArn: string): string {
  const match = /(?:^|:)function:([^:]+)/.exec(nameOrArn);
  return match?.[1] ?? nameOrArn.split(':')[0] ?? nameOrArn;
}

/** Asks moto for the function; throws FunctionUnavailableError with moto's answer when there is none. */
export async function readFunction(forward: Forward, name: string): Promise<DeployedFunction> {
  const answer = await forward(lambdaRequest('GET', `/2015-03-31/functions/${encodeURIComponent(name)}`));
  if (answer.status !== 200) throw new FunctionUnavailableError(`there is no function ${name}`, answer);
  const { Configuration: c, Concurrency } = JSON.parse(answer.body.toString()) as GetFunctionAnswer;
  return {
    name: c.FunctionName,
    arn: c.FunctionArn,
    role: c.Role,
    handler: c.Handler,
    runtime: c.Runtime,
    timeoutMs: Number(c.Timeout) * 1000,
    memoryMb: Number(c.MemorySize),
    environment: stringValues(c.Environment?.Variables),
    codeSha256: c.CodeSha256,
    lastModified: c.LastModified,
    reservedConcurrency: Concurrency?.ReservedConcurrentExecutions,
  };
}

/** The names of all functions. */
export async function functionNames(forward: Forward): Promise<string[]> {
  const answer = await forward(lambdaRequest('GET', '/2015-03-31/functions'));
  const { Functions } = JSON.parse(answer.body.toString()) as { Functions: { FunctionName: string }[] };
  return Functions.map(({ FunctionName }) => FunctionName);
}

interface GetFunctionAnswer {
  Configuration: {
    FunctionName: string;
    FunctionArn: string;
    Role: string;
    Handler: string;
    Runtime: string;
    Timeout: number | string;
    MemorySize: number | string;
    Environment?: { Variables?: Record<string, unknown> };
    CodeSha256: string;
    LastModified: string;
  };
  Concurrency?: { ReservedConcurrentExecutions?: number };
}

export function lambdaRequest(method: string, path: string) {
  const signed = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/lambda/aws4_request';
  return {
    service: 'lambda',
    region: 'us-east-1',
    accessKeyId: 'local',
    method,
    path,
    headers: { host: 'lambda.us-east-1.amazonaws.com', authorization: signed },
    body: Buffer.alloc(0),
  };
}

function stringValues(variables: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}

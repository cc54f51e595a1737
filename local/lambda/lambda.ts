import { actionOf } from '../gateway/action.ts';
import { jsonError } from '../gateway/answers.ts';
import type { AwsRequest, AwsResponse, LocalService } from '../gateway/request.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import { type DeployedFunction, FunctionUnavailableError } from './deployed-function.ts';
import { type Functions, ThrottledError } from './functions.ts';
import type { InvocationResult } from './invocation.ts';

const SYNC_LIMIT_BYTES = 6 * 1024 * 1024;
const ASYNC_LIMIT_BYTES = 1024 * 1024;
const LOG_TAIL_BYTES = 4096;

export interface LambdaOptions {
  functions: Functions;
  asyncInvocations: AsyncInvocations;
  /** where GetFunction's Code.Location can be downloaded */
  motoUrl: string;
}

/** Lambda: invocations run here, GetFunction tells where the zip is, moto answers the rest. */
export function createLambda({ functions, asyncInvocations, motoUrl }: LambdaOptions): LocalService {
  return {
    async handle(request, forward) {
      const { action, resource } = actionOf(request);
      if (action === 'GetFunction') return withCodeLocation(await forward(request), motoUrl);
      if (action !== 'Invoke') return forward(request);
      const refusal = refusePayload(request);
      if (refusal) return refusal;
      try {
        return await invoke(request, await functions.deployed(resource), { functions, asyncInvocations });
      } catch (error) {
        if (error instanceof FunctionUnavailableError) return error.answer;
        if (error instanceof ThrottledError) return jsonError('TooManyRequestsException', error.message, 429);
        throw error;
      }
    },
  };
}

/** Source: Lambda API reference, Invoke. */
async function invoke(
  request: AwsRequest,
  deployed: DeployedFunction,
  { functions, asyncInvocations }: Pick<LambdaOptions, 'functions' | 'asyncInvocations'>,
): Promise<AwsResponse> {
  const payload = payloadOf(request);
  switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'DryRun':
      return { status: 204, headers: {}, body: '' };
    case 'Event':
      asyncInvocations.accept(deployed, payload);
      return { status: 202, headers: {}, body: '' };
    default:
      return invocationAnswer(
        await functions.invoke(deployed.name, payload),
        request.headers['x-amz-log-type'] === 'Tail',
      );
  }
}

function invocationAnswer(result: InvocationResult, withLog: boolean): AwsResponse {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amzn-requestid': result.requestId,
    'x-amz-executed-version': '$LATEST',
  };
  if (result.functionError) headers['x-amz-function-error'] = result.functionError;
  if (withLog)
    headers['x-amz-log-result'] = Buffer.from(result.log).subarray(-LOG_TAIL_BYTES).toString('base64');
  return { status: 200, headers, body: result.payload };
}

function refusePayload(request: AwsRequest): AwsResponse | undefined {
  const isEvent = request.headers['x-amz-invocation-type'] === 'Event';
  const limit = isEvent ? ASYNC_LIMIT_BYTES : SYNC_LIMIT_BYTES;
  if (request.body.length > limit) {
    const message = `Request must be smaller than ${limit} bytes for the Invoke operation`;
    return jsonError('RequestTooLargeException', message, 413);
  }
  try {
    JSON.parse(payloadOf(request));
    return undefined;
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    return jsonError('InvalidRequestContentException', message);
  }
}

function payloadOf(request: AwsRequest): string {
  return request.body.length === 0 ? '{}' : request.body.toString();
}

function withCodeLocation(answer: AwsResponse, motoUrl: string): AwsResponse {
  if (answer.status !== 200) return answer;
  const body = JSON.parse(answer.body.toString());
  body.Code = {
    RepositoryType: 'S3',
    Location: `${motoUrl}/deployed-code/${body.Configuration.FunctionArn}`,
  };
  const headers = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => name !== 'content-length'),
  );
  return { ...answer, headers, body: JSON.stringify(body) };
}

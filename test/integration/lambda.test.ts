import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createForward } from '../../local/gateway/forward.ts';
import { Gateway } from '../../local/gateway/gateway.ts';
import { AsyncInvocations } from '../../local/lambda/async-invocations.ts';
import { UnpackedCode } from '../../local/lambda/code.ts';
import { TRUE_CLOCK } from '../../local/lambda/function-clock.ts';
import { Functions } from '../../local/lambda/functions.ts';
import { createLambda } from '../../local/lambda/lambda.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { createFunctionRole } from './fixtures/role.ts';
import { venvBin } from './fixtures/venv.ts';
import { zipOf } from './fixtures/zip.ts';

const HANDLERS = `
import { setTimeout as sleep } from 'node:timers/promises';
let invocations = 0;
export const main = async (event, context) => {
  invocations += 1;
  console.log('hello', event.say);
  switch (event.do) {
    case 'print': for (let line = 0; line < 5000; line += 1) console.log(line, 'x'.repeat(300)); break;
    case 'answer': return 'x'.repeat(event.bytes - 2);
    case 'throw': throw new RangeError('too far');
    case 'sleep': await sleep(60_000); break;
    case 'exit': process.exit(3); break;
    case 'allocate': for (let kept = [];; await sleep(1)) kept.push(Buffer.alloc(8_000_000, 1)); break;
    case 'environment': return process.env;
    case 'now': return Date.now();
    case 'wait': {
      const from = Date.now();
      await sleep(30_000);
      return { waited: Date.now() - from, left: context.getRemainingTimeInMillis() };
    }
    case 'call': return fetch(process.env.AWS_ENDPOINT_URL + '/called').then(({ status }) => status);
    case 'remaining': return context.getRemainingTimeInMillis();
  }
  return { event, invocations, requestId: context.awsRequestId };
};
`;

let dir: string;
let moto: Moto;
let gateway: Gateway;
let functions: Functions;
let lambda: LambdaClient;
const failures: { destination: string; body: string }[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-'));
  moto = await startMoto({ venvBin: await venvBin(), dir });
  const { forward } = createForward(moto.url);
  const code = new UnpackedCode({ motoUrl: moto.url, dir });
  functions = new Functions({
    forward,
    code,
    variables: () => ({ AWS_ENDPOINT_URL: gateway.endpoint }),
    accessKeyFor: (role) => gateway.calls.accessKeyFor(role),
    onLine: () => {},
  });
  const asyncInvocations = new AsyncInvocations({
    functions,
    forward,
    retryDelaysMs: [1, 1],
    send: async (destination, body) => void failures.push({ destination, body }),
    onLine: () => {},
  });
  gateway = new Gateway({
    motoUrl: moto.url,
    services: { lambda: createLambda({ functions, asyncInvocations, motoUrl: moto.url }) },
  });
  await gateway.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  lambda = new LambdaClient({ endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});

afterAll(async () => {
  lambda?.destroy();
  await functions?.stop();
  await gateway?.stop();
  await moto?.stop();
  await rm(dir, { recursive: true });
});

async function create(
  name: string,
  settings: Partial<{ Handler: string; Timeout: number; MemorySize: number; source: string }> = {},
) {
  const { source = HANDLERS, ...rest } = settings;
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Role: await createFunctionRole(gateway.endpoint, name),
      Handler: 'functions/it.main',
      Timeout: 10,
      MemorySize: 256,
      Environment: { Variables: { GREETING: 'hello' } },
      Code: { ZipFile: await zipOf({ 'functions/it.mjs': source }) },
      ...rest,
    }),
  );
}

async function invoke(name: string, event: unknown) {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: 'Tail' }),
  );
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  return { error: answer.FunctionError, result: JSON.parse(answer.Payload?.transformToString() ?? ''), log };
}

describe('an invoked function', () => {
  beforeAll(() => create('echo'));

  it('answers with what its handler returns, and keeps its process warm', async () => {
    const first = await invoke('echo', { say: 'one' });
    const second = await invoke('arn:aws:lambda:us-east-1:123456789012:function:echo', { say: 'two' });
    expect(first.result).toMatchObject({ event: { say: 'one' }, invocations: 1 });
    expect(second.result).toMatchObject({ event: { say: 'two' }, invocations: 2 });
    expect(first.log).toMatch(/START.*\nhello one\nEND.*\nREPORT.*Max Memory Used: \d+ MB\tInit Duration/);
    expect(second.log).not.toMatch(/one|Init/);
  });

  it('has all that it prints in its log, also where that is a megabyte', async () => {
    const { log } = await functions.invoke('echo', JSON.stringify({ do: 'print' }));
    expect(log.match(/^\d+ x+$/gm)).toHaveLength(5000);
    expect(log).toMatch(/^START[\s\S]*\n4999 x+\nEND .*\nREPORT .*\n$/);
  });

  it('starts cold with what is deployed after a deployment', async () => {
    const Environment = { Variables: { GREETING: 'good day' } };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', Environment }));
    await functions.forget();
    expect((await invoke('echo', { do: 'environment' })).result.GREETING).toBe('good day');
  });

  it('runs in two processes when it is invoked twice at once', async () => {
    await functions.forget();
    const both = await Promise.all([invoke('echo', {}), invoke('echo', {})]);
    expect(both.map(({ result }) => result.invocations)).toEqual([1, 1]);
  });

  it('sees what Lambda and the deployment give it and nothing of this machine', async () => {
    vi.stubEnv('SECRET_OF_THIS_MACHINE', 'x');
    const { result } = await invoke('echo', { do: 'environment' });
    vi.unstubAllEnvs();
    expect(result).toMatchObject({ AWS_LAMBDA_FUNCTION_NAME: 'echo', AWS_ENDPOINT_URL: gateway.endpoint });
    expect(result).not.toHaveProperty('SECRET_OF_THIS_MACHINE');
    expect(gateway.calls.principalOf(result.AWS_ACCESS_KEY_ID)).toBe('arn:aws:iam::123456789012:role/echo');
  });

  it('reports what it throws as Lambda does', async () => {
    const { error, result } = await invoke('echo', { do: 'throw' });
    expect(error).toBe('Unhandled');
    expect(result).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
  });

  it('tells how much time is left', async () => {
    const { result } = await invoke('echo', { do: 'remaining' });
    expect(result).toBeGreaterThan(9_000);
    expect(result).toBeLessThanOrEqual(10_000);
  });

  it('ends with Runtime.ExitError when its process exits, and starts again', async () => {
    await functions.forget();
    expect((await invoke('echo', { do: 'exit' })).result).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 3'),
    });
    expect((await invoke('echo', {})).result.invocations).toBe(1);
  });

  it('has a zip that can be downloaded', async () => {
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'echo' }));
    const zip = await fetch(Code?.Location ?? '');
    expect(
      Buffer.from(await zip.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });
});

describe('the limits of a function', () => {
  it('refuse an answer of more than 6 MB', async () => {
    expect((await invoke('echo', { do: 'answer', bytes: 6_291_556 })).error).toBeUndefined();
    expect(await invoke('echo', { do: 'answer', bytes: 6_291_557 })).toMatchObject({
      error: 'Unhandled',
      result: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  it('end it at its timeout', async () => {
    await create('slow', { Timeout: 1 });
    const { error, result } = await invoke('slow', { do: 'sleep' });
    expect(error).toBe('Unhandled');
    expect(result.errorType).toBe('Sandbox.Timedout');
    expect(result.errorMessage).toMatch(/Task timed out after 1.00 seconds/);
  });

  it('end it when it takes more memory than it has', async () => {
    await create('large', { MemorySize: 160 });
    const { result, log } = await invoke('large', { do: 'allocate' });
    expect(result.errorType).toBe('Runtime.OutOfMemory');
    expect(log).toMatch(/Memory Size: 160 MB/);
  });
});

describe('a function that cannot be invoked', () => {
  it.each([
    ['imports what is not in the zip', { source: `import 'zod';` }, 'Runtime.ImportModuleError', 'zod'],
    ['has no such file', { Handler: 'functions/other.main' }, 'Runtime.ImportModuleError', 'functions/other'],
    [
      'has no such export',
      { Handler: 'functions/it.other' },
      'Runtime.HandlerNotFound',
      'functions/it.other',
    ],
    ['does not parse', { source: 'export const main = (' }, 'Runtime.UserCodeSyntaxError', 'Unexpected'],
    ['throws at import', { source: 'throw new TypeError("no bucket")' }, 'TypeError', 'no bucket'],
  ])('%s', async (what, settings, errorType, message) => {
    const name = what.replaceAll(' ', '-');
    await create(name, settings);
    const { error, result } = await invoke(name, {});
    expect(error).toBe('Unhandled');
    expect(result).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
  });

  it('is not there', async () => {
    await expect(invoke('absent', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is sent something that is not JSON', async () => {
    const text = new InvokeCommand({ FunctionName: 'echo', Payload: 'nonsense' });
    await expect(lambda.send(text)).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });
});

describe('an asynchronous invocation', () => {
  it('is tried three times, then sent to the destination for failures', async () => {
    await create('failing');
    await fetch(`${moto.url}/2019-09-25/functions/failing/event-invoke-config`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/lambda/aws4_request' },
      body: JSON.stringify({
        DestinationConfig: {
          OnFailure: { Destination: 'arn:aws:sqs:us-east-1:123456789012:dead' },
          OnSuccess: {},
        },
      }),
    });
    const event = { do: 'throw' };
    const { StatusCode } = await lambda.send(
      new InvokeCommand({ FunctionName: 'failing', Payload: JSON.stringify(event), InvocationType: 'Event' }),
    );
    expect(StatusCode).toBe(202);
    await expect.poll(() => failures, { timeout: 10_000 }).toHaveLength(1);
    expect(failures[0]?.destination).toBe('arn:aws:sqs:us-east-1:123456789012:dead');
    expect(JSON.parse(failures[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: event,
      responsePayload: { errorMessage: 'too far' },
    });
  });
});

describe('the clock of functions', () => {
  beforeAll(() => create('timed', { Timeout: 60 }));
  afterEach(() => functions.setClock(TRUE_CLOCK));

  it('is shifted', async () => {
    await functions.setClock({ offsetMs: 86_400_000, speed: 1 });
    const { payload } = await functions.invoke('timed', '{"do":"now"}');
    expect(Number(payload) - Date.now()).toBeGreaterThan(86_000_000);
  });

  it('runs faster, timers and deadline with it', async () => {
    await functions.setClock({ offsetMs: 0, speed: 100 });
    const { payload, report } = await functions.invoke('timed', '{"do":"wait"}');
    const { waited, left } = JSON.parse(payload);
    expect(waited).toBeGreaterThanOrEqual(30_000);
    expect(left).toBeLessThan(40_000);
    expect(report.durationMs).toBeLessThan(10_000);
  });
});

describe('a process that is killed by its connection', () => {
  it('is the one that made the call, in the middle of it', async () => {
    const killed: boolean[] = [];
    gateway.faults.add({
      when: ({ path }) => path === '/called',
      effect: {
        kind: 'before',
        run: async ({ connection }) => void killed.push(await functions.killCaller(connection)),
      },
    });
    const other = functions.invoke('timed', '{"do":"remaining"}');
    const { functionError } = await functions.invoke('timed', '{"do":"call"}');
    expect({ functionError, killed }).toEqual({ functionError: 'Unhandled', killed: [true] });
    expect((await other).functionError).toBeUndefined();
  });
});

/**
 * Runs one handler in a process of its own as Lambda's Node.js runtime does. Invocations come over
 * the IPC channel, one at a time: { requestId, payload, deadline, functionArn, traceId }. Answers:
 * { kind: 'ready' } or an error once, then { kind: 'result', payload } or { kind: 'error', error }
 * for each invocation; { kind: 'crash', error } at any time.
 * It is plain JavaScript because stripping types would lengthen every cold start.
 */
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { untilReal } from './clock.mjs';

const { LAMBDA_TASK_ROOT, _HANDLER, AWS_LAMBDA_FUNCTION_NAME: functionName } = process.env;

/** Ends the output of one invocation, so that no line of it is missed or counted to the next. */
const END_OF_OUTPUT = '\0end\n';

class NamedError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  process.send({ kind: 'crash', error: report(error) }, () => process.exit(129));
});
process.on('unhandledRejection', (reason) => {
  const error = { ...report(reason), errorType: 'Runtime.UnhandledPromiseRejection' };
  process.send({ kind: 'crash', error }, () => process.exit(128));
});

try {
  const handler = await loadHandler();
  process.on('message', (invocation) => answer(handler, invocation));
  process.send({ kind: 'ready' });
} catch (error) {
  process.send({ kind: 'error', error: report(error) });
}

async function loadHandler() {
  const [file, name] = splitHandler(_HANDLER);
  const module = await importModule(file);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler === 'function') return handler;
  throw new NamedError('Runtime.HandlerNotFound', `${_HANDLER} is undefined or not exported`);
}

function splitHandler(handler) {
  const [, file, name] = /^(.+)\.([^./]+)$/.exec(handler) ?? [];
  if (file === undefined) throw new NamedError('Runtime.MalformedHandlerName', 'Bad handler');
  return [file, name];
}

async function importModule(file) {
  const path = ['', '.js', '.mjs', '.cjs'].map((end) => join(LAMBDA_TASK_ROOT, file + end)).find(existsSync);
  if (path === undefined) {
    throw new NamedError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new NamedError('Runtime.UserCodeSyntaxError', String(error));
    const isMissing = error?.code === 'ERR_MODULE_NOT_FOUND' || error?.code === 'MODULE_NOT_FOUND';
    throw isMissing ? new NamedError('Runtime.ImportModuleError', String(error)) : error;
  }
}

async function answer(handler, invocation) {
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  const outcome = await run(handler, invocation);
  await Promise.all([written(process.stdout), written(process.stderr)]);
  endOutput(1);
  endOutput(2);
  process.send(outcome);
}

/** What a full pipe did not take at once waits in the stream; it comes before the end of the output. */
const written = (stream) => new Promise((resolve) => stream.write('', resolve));

/** Waits while the reader is behind: a full pipe refuses what does not fit. */
function endOutput(descriptor) {
  for (;;) {
    try {
      writeSync(descriptor, END_OF_OUTPUT);
      return;
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function run(handler, invocation) {
  try {
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    return { kind: 'result', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { kind: 'error', error: report(error) };
  }
}

function contextOf({ requestId, deadline, functionArn }) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => untilReal(deadline),
  };
}

function report(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: error.stack?.split('\n') ?? [],
  };
}

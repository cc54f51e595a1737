import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeError } from '../foundation/common/describe-error.ts';
import { parseJson } from '../foundation/common/parse-json.ts';

export const logger = new Logger({ serviceName: 'perennial' });

/** Logs trouble beside the work as one line with its reason. */
export const warnThat = (what: string) => (error: unknown) =>
  logger.warn(what, { failure: describeError(error) });

/** What a step is told about its run. */
export interface Invocation {
  /** Names the worker in leases. */
  requestId: string;
  /** Fires when nothing new may be started. */
  signal: AbortSignal;
}

/** A function that is invoked directly: its answer is the step's. An error is logged as one line with its reason. */
export function invoked<Result>(step: (event: unknown, invocation: Invocation) => Promise<Result>) {
  return middy()
    .use(injectLambdaContext(logger))
    .use(logError)
    .handler((event: unknown, context: Context) => step(event, invocationOf(context)));
}

/** A function fed by a queue of EventBridge events: the step gets each event; those that fail come back to the queue. */
export function queued<Detail extends z.ZodMiniType>(
  schema: Detail,
  step: (event: z.infer<Detail>, invocation: Invocation) => Promise<unknown>,
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(logError)
    .handler(async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
      const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
      for (const { messageId, body } of Records) {
        try {
          await step(
            parseJson(body, schema, { where: `message ${messageId}`, reason: 'event-invalid' }),
            invocationOf(context),
          );
        } catch (error) {
          logger.error('message failed', { messageId, failure: describeError(error) });
          batchItemFailures.push({ itemIdentifier: messageId });
        }
      }
      return { batchItemFailures };
    });
}

/** A function fed by a queue: the step gets the events of a batch together, but for those that nobody can read. */
export function queuedTogether<Event extends z.ZodMiniType>(
  schema: Event,
  step: (events: z.infer<Event>[], invocation: Invocation) => Promise<unknown>,
) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(logError)
    .handler(async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
      const events: z.infer<Event>[] = [];
      const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
      for (const { messageId, body } of Records) {
        try {
          events.push(parseJson(body, schema, { where: `message ${messageId}`, reason: 'event-invalid' }));
        } catch (error) {
          logger.error('message failed', { messageId, failure: describeError(error) });
          batchItemFailures.push({ itemIdentifier: messageId });
        }
      }
      if (events.length > 0) await step(events, invocationOf(context));
      return { batchItemFailures };
    });
}

/** An EventBridge event with this detail. */
export function eventWith<Detail extends z.ZodMiniType>(detail: Detail) {
  return z.object({ detail });
}

/** The time that a function keeps for ending what is open. */
const KEEP_FOR_ENDING_MS = 90_000;

function invocationOf(context: Context): Invocation {
  const remaining = context.getRemainingTimeInMillis();
  const signal = AbortSignal.timeout(Math.floor(Math.max(remaining - KEEP_FOR_ENDING_MS, remaining / 2)));
  return { requestId: context.awsRequestId, signal };
}

const logError: MiddlewareObj = {
  onError: ({ error }) => {
    const failure = describeError(error);
    logger.error('invocation failed', { failure });
    // Lambda answers with the stack; where a reason is known, a person is told only that.
    if (error && failure.reason !== 'unexpected-error') error.stack = `${error.name}: ${failure.message}`;
  },
};

import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { describeError } from '../foundation/common/describe-error.ts';
import { printableTexts } from '../foundation/common/one-line.ts';
import { parseJson } from '../foundation/common/parse-json.ts';
import type { OwnQueue } from '../foundation/events/own-queue.ts';

export const logger = new Logger({
  serviceName: 'perennial',
  jsonReplacerFn: printableTexts,
  persistentKeys: { release: process.env.RELEASE },
});

/** Logs trouble that stops no work as one line with its reason. */
export const warnThat = (what: string) => (error: unknown) =>
  logger.warn(what, { failure: describeError(error) });

/** What a flow learns about its run. */
interface Invocation {
  /** Names the worker in claims. */
  requestId: string;
  /** Aborts when nothing new may be started. */
  signal: AbortSignal;
  /** Milliseconds until then. */
  timeLeftMs: () => number;
}

/** A function that is invoked directly: its answer is the flow's. An error is logged as one line with its reason. */
export function invoked<Result>(flow: (event: unknown, invocation: Invocation) => Promise<Result>) {
  return middy()
    .use(injectLambdaContext(logger))
    .use(logError)
    .handler((event: unknown, context: Context) => flow(event, invocationOf(context)));
}

/**
 * A function fed by a queue of EventBridge events: the flow gets each event; those that fail go back to the queue. Lambda gives it
 * batches, or a schedule has it look into its `own` queue.
 */
export function queued<Event extends z.ZodMiniType>(
  schema: Event,
  flow: (event: z.infer<Event>, invocation: Invocation) => Promise<unknown>,
  own?: OwnQueue,
) {
  return fedByQueue(
    (batch, context) => eachMessage(batch, schema, (event) => flow(event, invocationOf(context))),
    own,
  );
}

/** As {@link queued}; the flow gets the events of a batch together, without those that cannot be read. */
export function queuedTogether<Event extends z.ZodMiniType>(
  schema: Event,
  flow: (events: z.infer<Event>[]) => Promise<unknown>,
  own?: OwnQueue,
) {
  return fedByQueue((batch) => takeTogether(batch, schema, flow), own);
}

type Readable = Pick<SQSRecord, 'messageId' | 'body'>;

async function takeTogether<Event extends z.ZodMiniType>(
  batch: { Records: readonly Readable[] },
  schema: Event,
  flow: (events: z.infer<Event>[]) => Promise<unknown>,
): Promise<SQSBatchResponse> {
  const events: z.infer<Event>[] = [];
  const response = await eachMessage(batch, schema, (event) => events.push(event));
  if (events.length > 0) await flow(events);
  return response;
}

/**
 * A function that is invoked directly, and has a queue of its own: there the flow gets the events of all messages together that
 * it takes at once.
 */
export function invokedOrQueued<Event extends z.ZodMiniType, Result>(
  flow: (event: unknown) => Promise<Result>,
  {
    schema,
    own,
    together,
  }: { schema: Event; own: OwnQueue; together: (events: z.infer<Event>[]) => Promise<unknown> },
) {
  const take: Take = (batch) => takeTogether(batch, schema, together);
  return middy()
    .use(injectLambdaContext(logger))
    .use(logError)
    .handler((event: unknown, context: Context): Promise<Result | SQSBatchResponse | undefined> => {
      if (isBatch(event)) return take(event, context);
      return isLook(event) ? emptyQueue(own, take, context) : flow(event);
    });
}

function isBatch(event: unknown): event is SQSEvent {
  const records =
    typeof event === 'object' && event !== null && 'Records' in event ? event.Records : undefined;
  return Array.isArray(records) && records[0]?.eventSource === 'aws:sqs';
}

function isLook(event: unknown): event is Look {
  return typeof event === 'object' && event !== null && 'look' in event;
}

type Take = (batch: { Records: readonly Readable[] }, context: Context) => Promise<SQSBatchResponse>;
/** What the schedule sends that has a function look into its queue. */
type Look = { look: true };

function fedByQueue(take: Take, own?: OwnQueue) {
  return middy<SQSEvent | Look, SQSBatchResponse | undefined>()
    .use(injectLambdaContext(logger))
    .use(logError)
    .handler((event, context) =>
      'Records' in event || own === undefined
        ? take(event as SQSEvent, context)
        : emptyQueue(own, take, context),
    );
}

/** Until the next look: of a function that has much to do, few run at once. */
const MOST_MS = 60_000;

/** Handles what is there, until nothing is left, or half of the time is over. What failed comes back by itself. */
async function emptyQueue(own: OwnQueue, take: Take, context: Context): Promise<undefined> {
  const end = performance.now() + Math.min(MOST_MS, context.getRemainingTimeInMillis() / 2);
  while (performance.now() < end) {
    const Records = await own.take();
    if (Records.length === 0) return;
    const { batchItemFailures } = await take({ Records }, context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await own.remove(Records.filter(({ messageId }) => !failed.has(messageId)));
  }
}

/** Handles messages one after the other; those that cannot be read, or whose handling fails, go back to the queue. */
async function eachMessage<Event extends z.ZodMiniType>(
  { Records }: { Records: readonly Readable[] },
  schema: Event,
  handle: (event: z.infer<Event>) => unknown,
): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of Records) {
    try {
      await handle(parseJson(body, schema, { where: `message ${messageId}`, reason: 'event-invalid' }));
    } catch (error) {
      logger.error('message failed', { messageId, failure: describeError(error) });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

/** An EventBridge event with this detail. */
export const eventWith = <Detail extends z.ZodMiniType>(detail: Detail) => z.object({ detail });

/** The time that a function reserves for ending what is open. */
const RESERVED_MS = 90_000;

function invocationOf(context: Context): Invocation {
  const remaining = context.getRemainingTimeInMillis();
  const usable = Math.floor(Math.max(remaining - RESERVED_MS, remaining / 2));
  const end = performance.now() + usable;
  const signal = AbortSignal.timeout(usable);
  return { requestId: context.awsRequestId, signal, timeLeftMs: () => end - performance.now() };
}

const logError: MiddlewareObj = {
  onError: ({ error }) => {
    const failure = describeError(error);
    logger.error('invocation failed', { failure });
    // Lambda answers with the stack trace; where a reason is known, a person sees only that.
    if (error && failure.reason !== 'unexpected-error') error.stack = `${error.name}: ${failure.message}`;
  },
};

import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { eventWith, invoked, logger, queued, queuedTogether, warnThat } from '../../../lib/lambda/handler.ts';

const contextOf = (leftMs: number) =>
  ({ getRemainingTimeInMillis: () => leftMs, awsRequestId: 'r-1' }) as unknown as Context;
const context = contextOf(300_000);
const Key = z.object({ key: z.string() });
const batch = (...bodies: string[]) =>
  ({ Records: bodies.map((body, nth) => ({ messageId: `m${nth}`, body })) }) as SQSEvent;
const of = (...keys: string[]) => batch(...keys.map((key) => JSON.stringify({ key })));
const back = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

let logged: unknown[];
beforeEach(() => {
  logged = [];
  vi.spyOn(logger, 'error').mockImplementation((...said) => void logged.push(said));
});
afterEach(() => void vi.restoreAllMocks());

describe('a function that a queue feeds', () => {
  it('handles each message, and gives back those whose handling fails', async () => {
    const seen: string[] = [];
    const handler = queued(Key, async ({ key }) => {
      seen.push(key);
      if (key === 'b') throw new Error('no');
    });
    expect(await handler(of('a', 'b', 'c'), context)).toEqual(back('m1'));
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('gives back what it cannot read, and says so', async () => {
    const seen: string[] = [];
    const handler = queued(Key, async ({ key }) => seen.push(key));
    const answer = await handler(batch('{', '{"key":1}', '{"key":"c"}'), context);
    expect(answer).toEqual(back('m0', 'm1'));
    expect(seen).toEqual(['c']);
    expect(logged[0]).toEqual([
      'message failed',
      {
        messageId: 'm0',
        failure: { reason: 'event-invalid', message: expect.stringMatching(/^message m0: is not JSON/) },
      },
    ]);
  });

  it('ends in time to close what is open: 90 s before its end, or at half of what it has', async () => {
    const handed: number[] = [];
    const handler = queued(Key, async (_, { timeLeftMs, signal, requestId }) => {
      expect(requestId).toBe('r-1');
      expect(signal.aborted).toBe(false);
      handed.push(Math.round(timeLeftMs() / 1000));
    });
    await handler(of('a'), contextOf(840_000));
    await handler(of('a'), contextOf(60_000));
    expect(handed).toEqual([750, 30]);
  });

  it('is told to stop when that time is over', async () => {
    const handler = queued(Key, async (_, { signal }) => {
      await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
    });
    expect(await handler(of('a'), contextOf(20))).toEqual(back());
  });
});

describe('a function that takes a batch together', () => {
  it('gets what can be read at once, and gives back the rest', async () => {
    const seen: string[][] = [];
    const handler = queuedTogether(Key, async (events) => seen.push(events.map(({ key }) => key)));
    expect(await handler(batch('{"key":"a"}', '{', '{"key":"c"}'), context)).toEqual(back('m1'));
    expect(seen).toEqual([['a', 'c']]);
  });

  it('gets one alone, too', async () => {
    const seen: unknown[] = [];
    await queuedTogether(Key, async (events) => seen.push(events))(of('a'), context);
    expect(seen).toEqual([[{ key: 'a' }]]);
  });

  it('is not asked where nothing can be read', async () => {
    const handler = queuedTogether(Key, async () => {
      throw new Error('asked');
    });
    expect(await handler(batch('{'), context)).toEqual(back('m0'));
  });

  it('that fails gives all of it back', async () => {
    const handler = queuedTogether(Key, async () => {
      throw new Error('no');
    });
    await expect(handler(of('a', 'b'), context)).rejects.toThrow('no');
  });
});

describe('a function that is invoked', () => {
  it('answers what its flow does', async () => {
    expect(await invoked(async (event) => ({ event }))({ a: 1 }, context)).toEqual({ event: { a: 1 } });
  });

  it.each([
    ['one line where the reason is known', new InputError('event-invalid', 'it is no event'), false],
    ['where it came from else', new Error('a bug'), true],
  ])('fails with %s', async (_, error, hasTrace) => {
    const handler = invoked(async () => {
      throw error;
    });
    const caught: Error = await handler({}, context).catch((one) => one);
    expect(caught.message).toBe(error.message);
    if (hasTrace) expect(caught.stack).toMatch(/\n +at /);
    else expect(caught.stack).toBe('InputError: it is no event');
    const reason = hasTrace ? 'unexpected-error' : 'event-invalid';
    expect(logged).toEqual([['invocation failed', { failure: { reason, message: error.message } }]]);
  });
});

it('an event of the bus is taken by its detail', async () => {
  const seen: string[] = [];
  const handler = queued(eventWith(Key), async ({ detail }) => seen.push(detail.key));
  expect(await handler(batch('{"detail":{"key":"a"}}', '{"key":"b"}'), context)).toEqual(back('m1'));
  expect(seen).toEqual(['a']);
});

it('trouble that stops nothing is logged in one line, with its reason', () => {
  const warned = vi.spyOn(logger, 'warn').mockImplementation(() => {});
  warnThat('not wholly seen to')(new InputError('event-invalid', 'it is no event'));
  expect(warned).toHaveBeenCalledWith('not wholly seen to', {
    failure: { reason: 'event-invalid', message: 'it is no event' },
  });
});

import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { OwnQueue, TakenMessage } from '../../../lib/foundation/events/own-queue.ts';
import { invokedOrQueued } from '../../../lib/lambda/handler.ts';

const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'r' } as unknown as Context;
const messageOf = (index: number, body = JSON.stringify({ key: `k${index}` })) => ({
  messageId: `m${index}`,
  body,
  eventSource: 'aws:sqs',
});
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => messageOf(from + index));

let waiting: TakenMessage[];
let removed: string[];
let seen: string[][];
let fails: boolean;

beforeEach(() => {
  [waiting, removed, seen, fails] = [[], [], [], false];
});

const own: OwnQueue = {
  take: async () => waiting.splice(0, 500),
  async remove(messages) {
    removed.push(...messages.map(({ messageId }) => messageId));
  },
};
const handler = invokedOrQueued(async (event) => ({ event }), {
  schema: z.object({ key: z.string() }),
  own,
  async together(events) {
    if (fails) throw new Error('no');
    seen.push(events.map(({ key }) => key));
  },
});
const give = (Records: object[]) => handler({ Records }, context);
const look = () => handler({ look: true }, context);

describe('a function that is invoked, and has a queue', () => {
  it('answers who invokes it', async () => {
    expect(await handler({ start: 'plan' }, context)).toEqual({ event: { start: 'plan' } });
    expect(await handler({ Records: [{ eventSource: 'other' }] }, context)).toHaveProperty('event');
  });

  it.each([null, 'plan', 7, {}, { Records: [] }, { Records: 'x' }, { Records: [{}] }])(
    'takes for no batch what is none: %j',
    async (event) => {
      expect(await handler(event, context)).toEqual({ event });
      expect(seen).toEqual([]);
    },
  );

  it('handles all together that it takes at once, and removes it', async () => {
    waiting = many(750).map((message) => ({ ...message, receipt: 'r' }));
    expect(await look()).toBeUndefined();
    expect(seen.map(({ length }) => length)).toEqual([500, 250]);
    expect(removed).toHaveLength(750);
  });

  it('does nothing where nothing waits', async () => {
    expect(await look()).toBeUndefined();
    expect([seen, removed]).toEqual([[], []]);
  });

  it('leaves what cannot be read, which comes back by itself', async () => {
    waiting = [messageOf(0, '{'), messageOf(1)].map((message) => ({ ...message, receipt: 'r' }));
    await look();
    expect([seen, removed]).toEqual([[['k1']], ['m1']]);
  });

  it('removes nothing of what it could not do', async () => {
    [fails, waiting] = [true, many(3).map((message) => ({ ...message, receipt: 'r' }))];
    await expect(look()).rejects.toThrow('no');
    expect(removed).toEqual([]);
  });

  it('handles a batch that Lambda gives it, until an upgrade is through', async () => {
    expect(await give([...many(9), messageOf(9, 'nonsense')])).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm9' }],
    });
    expect(seen.map(({ length }) => length)).toEqual([9]);
  });
});

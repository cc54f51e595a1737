import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { FurtherMessages, TakenMessage } from '../../../lib/foundation/events/further-messages.ts';
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
let asked: number[];
let removed: string[];
let seen: string[][];
let fails: boolean;

beforeEach(() => {
  [waiting, asked, removed, seen, fails] = [[], [], [], [], false];
});

const further: FurtherMessages = {
  async take(most) {
    asked.push(most);
    return waiting.splice(0, most);
  },
  async remove(messages) {
    removed.push(...messages.map(({ messageId }) => messageId));
  },
};
const handler = invokedOrQueued(async (event) => ({ event }), {
  schema: z.object({ key: z.string() }),
  further,
  async together(events) {
    if (fails) throw new Error('no');
    seen.push(events.map(({ key }) => key));
  },
});
const give = (Records: object[]) => handler({ Records }, context);

describe('a function that is invoked, and fed by a queue', () => {
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

  it('handles a batch that is not full at once, and asks for nothing more', async () => {
    expect(await give(many(9))).toEqual({ batchItemFailures: [] });
    expect(seen.map(({ length }) => length)).toEqual([9]);
    expect(asked).toEqual([]);
  });

  it('handles with a full batch what waits behind it, and removes that', async () => {
    waiting = many(490, 10).map((message) => ({ ...message, receipt: 'r' }));
    expect(await give(many(10))).toEqual({ batchItemFailures: [] });
    expect(seen.map(({ length }) => length)).toEqual([500]);
    expect(removed).toEqual(many(490, 10).map(({ messageId }) => messageId));
    expect(asked).toEqual([990]);
  });

  it('gives back what cannot be read: by name what it was given, and of the rest by not removing it', async () => {
    waiting = [messageOf(10, '{'), messageOf(11)].map((message) => ({ ...message, receipt: 'r' }));
    const answer = await give([...many(9), messageOf(9, 'nonsense')]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm9' }] });
    expect(removed).toEqual(['m11']);
    expect(seen[0]).toHaveLength(10);
  });

  it('removes nothing of what it could not do', async () => {
    [fails, waiting] = [true, many(3, 10).map((message) => ({ ...message, receipt: 'r' }))];
    await expect(give(many(10))).rejects.toThrow('no');
    expect(removed).toEqual([]);
  });
});

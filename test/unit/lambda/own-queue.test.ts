import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { OwnQueue, TakenMessage } from '../../../lib/foundation/events/own-queue.ts';
import { queued, queuedTogether } from '../../../lib/lambda/handler.ts';

const Key = z.object({ key: z.string() });
const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'r' } as unknown as Context;
const message = (key: string): TakenMessage => ({
  messageId: `m-${key}`,
  receipt: `r-${key}`,
  body: JSON.stringify({ key }),
});

let waiting: TakenMessage[];
let removed: string[];
let seen: string[];
const own: OwnQueue = {
  take: async () => waiting.splice(0, 2),
  remove: async (messages) => {
    removed.push(...messages.map(({ receipt }) => receipt));
  },
};
const look = (handler: (event: { look: true }, context: Context) => unknown) =>
  handler({ look: true }, context);

beforeEach(() => {
  [waiting, removed, seen] = [['a', 'b', 'c'].map(message), [], []];
});

describe('a function that looks into its queue', () => {
  it('handles what is there until nothing is left, and removes it', async () => {
    await look(queued(Key, async ({ key }) => seen.push(key), own));
    expect([seen, removed]).toEqual([
      ['a', 'b', 'c'],
      ['r-a', 'r-b', 'r-c'],
    ]);
  });

  it('leaves what fails or cannot be read, which comes back by itself', async () => {
    waiting.push({ messageId: 'm-x', receipt: 'r-x', body: '{' });
    const flow = async ({ key }: { key: string }) => {
      if (key === 'b') throw new Error('no');
      seen.push(key);
    };
    await look(queued(Key, flow, own));
    expect([seen, removed]).toEqual([
      ['a', 'c'],
      ['r-a', 'r-c'],
    ]);
  });

  it('handles together what it takes at once; where that fails it removes nothing, and fails', async () => {
    const together = vi.fn(async (events: { key: string }[]) => {
      if (events.some(({ key }) => key === 'c')) throw new Error('no');
    });
    await expect(look(queuedTogether(Key, together, own))).rejects.toThrow('no');
    expect(removed).toEqual(['r-a', 'r-b']);
  });

  it('takes nothing more once half of its time is over', async () => {
    const short = { ...context, getRemainingTimeInMillis: () => 400 } as unknown as Context;
    const handler = queued(Key, () => new Promise((resolve) => setTimeout(resolve, 120)), own);
    await handler({ look: true }, short);
    expect(waiting).toHaveLength(1);
  });

  it('takes a batch of Lambda too, as before an upgrade is through', async () => {
    const Records = [{ messageId: 'm-z', body: '{"key":"z"}' }];
    const answer = await queued(Key, async ({ key }) => seen.push(key), own)({ Records } as never, context);
    expect([answer, seen, removed]).toEqual([{ batchItemFailures: [] }, ['z'], []]);
  });
});

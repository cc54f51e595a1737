import { expect, it } from 'vitest';
import { Scheduler } from '../../simulation/engine/scheduler.ts';
import { QUEUES, Queue } from '../../simulation/services/queue.ts';

it.each([
  { splits: false, batches: [4] },
  { splits: true, batches: [2, 1, 1] },
])(
  'gives what is there to one poller, or parts of it to several at once: $splits',
  async ({ splits, batches }) => {
    const scheduler = new Scheduler(0);
    const seen: number[] = [];
    const handle = (messages: readonly unknown[], done: (failed: never[]) => void) => {
      seen.push(messages.length);
      scheduler.after(1_000, 'ends', () => done([]));
    };
    const queue = new Queue(scheduler, {
      ...QUEUES.notify,
      name: 'notify',
      concurrency: 3,
      splits: () => splits,
      handle,
    });
    for (const body of [1, 2, 3, 4]) queue.send(body);
    await scheduler.runUntil(61_000);
    expect(seen).toEqual(batches);
    await scheduler.runUntil(70_000);
    expect(queue.isIdle).toBe(true);
  },
);

import type { Faults } from '../engine/faults.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { FunctionName } from '../functions/functions.ts';
import type { Ending } from '../functions/lambda.ts';
import { QUEUES, Queue, type QueueName } from '../services/queue.ts';

type Invoke = (name: FunctionName, event: unknown, how: { ended: (ending: Ending) => void }) => void;

/** Whose function gets a batch as one. */
const TOGETHER: readonly QueueName[] = ['notify', 'files'];

/** The queues of the stack, each with the function that it feeds. */
export function makeQueues(
  { scheduler, faults }: { scheduler: Scheduler; faults: Faults },
  invoke: Invoke,
): Record<QueueName, Queue> {
  const made = Object.entries(QUEUES).map(([key, settings]) => {
    const name = key as QueueName;
    const queue = new Queue(scheduler, {
      name,
      ...settings,
      splits: () => faults.happens('sqs.splits'),
      handle: (messages, done) => {
        const event = TOGETHER.includes(name) ? messages.map(({ body }) => body) : messages[0]?.body;
        invoke(name === 'files' ? 'scan' : name, event, {
          ended: ({ how }) => done(how === 'ended' ? [] : messages.slice()),
        });
      },
    });
    return [name, queue];
  });
  return Object.fromEntries(made);
}

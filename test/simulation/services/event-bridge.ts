import type { EventBus, StackEvent } from '../../../lib/foundation/events/events.ts';
import type { Calls } from '../engine/calls.ts';
import { HOUR } from '../engine/durations.ts';
import type { Faults } from '../engine/faults.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Trace } from '../engine/trace.ts';
import type { Queue, QueueName } from './queue.ts';

interface Parts {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  trace: Trace;
  queueOf: (name: QueueName) => Queue;
}

/** The rules of resources/: which queue gets which fact. */
const RULES: Record<StackEvent['type'], readonly QueueName[]> = {
  'Renewal Due': ['renew'],
  'Deployment Due': ['deploy'],
  'Import Due': ['acm'],
  'Probe Due': ['probe'],
  'Certificates Checked': ['notify'],
  'Site Probed': ['notify'],
  'Certificate Renewed': ['notify'],
  'Certificate Renewal Failed': ['notify'],
  'Certificate Revoked': ['notify'],
  'Renewal File Rejected': ['notify'],
  'Certificate Imported': ['notify'],
  'Certificate Import Failed': ['notify'],
  'Object Set Aside': ['notify'],
  'Certificate Deployed': ['notify', 'probe'],
  'Certificate Deployment Failed': ['notify'],
  'Deployment Window Overridden': ['notify'],
  'Certificate Restored': ['notify'],
  'Certificate Pin Ended': ['notify'],
};

/** EventBridge: at least once and in no order; what is on its way comes late, twice or, where that is on, not at all. */
export class EventBridge {
  readonly #parts: Parts;
  readonly onFact: ((fact: StackEvent, by?: Invocation, event?: object) => void)[] = [];
  /** Events that a queue does not get, or hours later. */
  readonly onHeldUp: ((queue: QueueName, event: unknown) => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  put(facts: readonly StackEvent[], by?: Invocation): void {
    const time = `${new Date(this.#parts.scheduler.now).toISOString().slice(0, 19)}Z`;
    for (const fact of facts) {
      const event = { time, 'detail-type': fact.type, detail: JSON.parse(JSON.stringify(fact.detail)) };
      for (const hear of this.onFact) hear(fact, by, event);
      for (const queue of RULES[fact.type]) this.deliver(queue, event);
    }
  }

  deliver(queue: QueueName, event: unknown): void {
    const { scheduler, random, faults, trace, queueOf } = this.#parts;
    if (faults.happens('bus.loses')) {
      trace.met('fault bus.loses');
      trace.note(`fault bus.loses ${queue}`);
      for (const hear of this.onHeldUp) hear(queue, event);
      return;
    }
    const copies = faults.happens('bus.doubles') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const isLate = faults.happens('bus.late');
      const delay = isLate ? random.spread(10_000, 12 * HOUR) : random.spread(50, 1_000);
      if (isLate) for (const hear of this.onHeldUp) hear(queue, event);
      scheduler.after(delay, `bus ${queue}`, () => queueOf(queue).send(event));
    }
  }
}

/** The stack's bus as one run of a function has it: ten entries a call, as PutEvents takes them. */
export function busFor(invocation: Invocation, { bus, calls }: { bus: EventBridge; calls: Calls }): EventBus {
  return {
    publish: async (facts) => {
      for (let from = 0; from < facts.length; from += 10) {
        const part = facts.slice(from, from + 10);
        await calls.make(invocation, {
          port: 'bus',
          what: `bus put ${part.map(({ type }) => type).join(', ')}`,
          effect: () => bus.put(part, invocation),
          trouble: () =>
            Object.assign(new Error('could not put on the bus: no answer'), { reason: 'events-unavailable' }),
          latencyMs: 30,
        });
      }
    },
  };
}

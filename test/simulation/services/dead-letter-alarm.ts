import { MINUTE } from '../engine/durations.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Queue } from './queue.ts';

const PERIOD = 5 * MINUTE;
const ALARM = 'perennial-production-dead-letters';

interface Parts {
  scheduler: Scheduler;
  queues: readonly Queue[];
  /** Puts the event on its way that the alarm is over. */
  tell: (event: object) => void;
}

/** CloudWatch's alarm of dead letters (resources/alarms.yml): people hear from AWS when it comes, and from `notify` that it is over. */
export class DeadLetterAlarm {
  readonly #parts: Parts;
  #since: number | undefined;
  readonly onOver: ((event: object) => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const { onDead, onRedriven } of parts.queues) {
      onDead.push(() => this.#lookLater());
      onRedriven.push(() => this.#lookLater());
    }
  }

  #lookLater(): void {
    this.#parts.scheduler.after(PERIOD, 'alarm of dead letters', () => this.#look());
  }

  #look(): void {
    const { scheduler, queues, tell } = this.#parts;
    const isWrong = queues.some(({ dead }) => dead.length > 0);
    if (isWrong) this.#since ??= scheduler.now;
    if (isWrong || this.#since === undefined) return;
    const at = (ms: number) => new Date(ms).toISOString();
    const event = {
      time: at(scheduler.now),
      'detail-type': 'CloudWatch Alarm State Change',
      detail: {
        alarmName: ALARM,
        state: { value: 'OK', reason: 'Threshold Crossed: no datapoint was over the threshold' },
        previousState: { value: 'ALARM', timestamp: at(this.#since) },
      },
    };
    this.#since = undefined;
    for (const hear of this.onOver) hear(event);
    tell(event);
  }
}

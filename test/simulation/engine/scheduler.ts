import { EventQueue } from './event-queue.ts';

/** Node's own, kept before anything takes its place. */
const turn = setImmediate;
/** So often the process hears what comes from outside, such as Ctrl-C. */
const EVENTS_A_TURN = 4096;

/**
 * The one owner of time. What happens is an event at an instant; between two events all promises that can go on do, so that
 * tasks, which are ordinary async functions, run one at a time and in an order that only the events decide.
 */
export class Scheduler {
  now: number;
  readonly #events = new EventQueue();
  #turns = 0;
  /** Looks at the world after each event that something came of. */
  afterEvent: (label: string) => void = () => {};

  constructor(start: number) {
    this.now = start;
  }

  get waiting(): number {
    return this.#events.size;
  }

  get turns(): number {
    return this.#turns;
  }

  at(instant: number, label: string, run: () => void): void {
    this.#turns += 1;
    this.#events.put({ at: Math.max(this.now, Math.round(instant)), turn: this.#turns, label, run });
  }

  after(ms: number, label: string, run: () => void): void {
    this.at(this.now + Math.max(0, ms), label, run);
  }

  every(ms: number, label: string, run: () => void): void {
    this.after(ms, label, () => {
      run();
      this.every(ms, label, run);
    });
  }

  /** Runs all events up to an instant; nothing else may make promises of the tasks go on. */
  async runUntil(end: number): Promise<void> {
    let events = 0;
    for (let event = this.#events.next; event && event.at <= end; event = this.#events.next) {
      this.#events.take();
      this.now = event.at;
      event.run();
      events += 1;
      await (events % EVENTS_A_TURN === 0 ? turned() : settled());
      this.afterEvent(event.label);
    }
    this.now = end;
  }
}

/**
 * Resolves when every promise that could go on has: Node empties its queue of them before it takes the next tick. A turn of
 * its event loop does the same, at five times the price.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function turned(): Promise<void> {
  return new Promise((resolve) => turn(resolve));
}

import { DAY, HOUR } from '../engine/durations.ts';
import { type Faults, PORTS, type Port } from '../engine/faults.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Trace } from '../engine/trace.ts';

interface Parts {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  trace: Trace;
}

/** Whole services that are down for seconds to weeks. */
export class Outages {
  readonly #parts: Parts;
  readonly #until = new Map<Port, number>();
  /** All there were, for who judges what could have been done. */
  readonly past: { port: Port; from: number; until: number }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  isDown(port: Port): boolean {
    return (this.#until.get(port) ?? 0) > this.#parts.scheduler.now;
  }

  get anyDown(): boolean {
    return PORTS.some((port) => this.isDown(port));
  }

  /** Draws which services have them, how often and how long. */
  begin(): void {
    const { faults, random } = this.#parts;
    for (const port of PORTS) {
      const perYear = faults.draw(`${port}.outages-a-year`, random, [0.3, 12]);
      const longest = port === 'ca' ? 20 * DAY : 2 * DAY;
      if (perYear > 0) this.#next(port, { mean: (365 * DAY) / perYear, longest });
    }
  }

  endAll(): void {
    this.#until.clear();
    const { now } = this.#parts.scheduler;
    for (const outage of this.past) outage.until = Math.min(outage.until, now);
  }

  #next(port: Port, how: { mean: number; longest: number }): void {
    const { scheduler, random, trace, faults } = this.#parts;
    scheduler.after(random.untilNext(how.mean), `outage of ${port}`, () => {
      if (!faults.on) return;
      const until = scheduler.now + random.spread(5_000, random.chance(0.2) ? how.longest : 3 * HOUR);
      this.#until.set(port, until);
      this.past.push({ port, from: scheduler.now, until });
      trace.met(`outage of ${port}`);
      trace.note(`outage of ${port} until ${new Date(until).toISOString()}`);
      this.#next(port, how);
    });
  }
}

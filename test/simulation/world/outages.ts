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

export interface Outage {
  port: Port;
  /** The host of the one CA that it is of; of all where it is absent. */
  ca?: string;
  from: number;
  until: number;
}

interface Kind {
  port: Port;
  ca?: string;
  /** From one to the next. */
  mean: number;
  longest: number;
}

/** Whole services that are down for seconds to weeks, and CAs that close for good. */
export class Outages {
  readonly #parts: Parts;
  /** By port, or by the host of a CA. */
  readonly #until = new Map<string, number>();
  /** All there were, for who judges what could have been done. */
  readonly past: Outage[] = [];
  /** The CA that is down for good. */
  closed: (Outage & { ca: string }) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  isDown(port: Port, ca?: string): boolean {
    const { now } = this.#parts.scheduler;
    const isOut = (what: string) => (this.#until.get(what) ?? 0) > now;
    return isOut(port) || (ca !== undefined && (isOut(ca) || this.closed?.ca === ca));
  }

  /** Whether anything is down that comes back. */
  get anyDown(): boolean {
    const { now } = this.#parts.scheduler;
    return [...this.#until.values()].some((until) => until > now);
  }

  /** Draws which services have them, how often and how long; each of the CAs has some of its own. */
  begin(cas: readonly string[]): void {
    for (const port of PORTS) {
      const longest = port === 'ca' ? 20 * DAY : 2 * DAY;
      this.#draw(port, [0.3, 12], { port, longest });
    }
    for (const ca of cas) this.#draw(ca, [0.3, 6], { port: 'ca', ca, longest: 40 * DAY });
  }

  /** A CA is down from now on. */
  down(ca: string, ms: number): void {
    const { now } = this.#parts.scheduler;
    const until = Math.max(now + ms, this.#until.get(ca) ?? 0);
    this.#until.set(ca, until);
    this.past.push({ port: 'ca', ca, from: now, until });
  }

  /** A CA never answers again. */
  close(ca: string): void {
    const outage = { port: 'ca' as const, ca, from: this.#parts.scheduler.now, until: Infinity };
    this.closed = outage;
    this.past.push(outage);
  }

  endAll(): void {
    this.#until.clear();
    this.closed = undefined;
    const { now } = this.#parts.scheduler;
    for (const outage of this.past) outage.until = Math.min(outage.until, now);
  }

  #draw(what: string, rates: readonly [number, number], kind: Omit<Kind, 'mean'>): void {
    const { faults, random } = this.#parts;
    const perYear = faults.draw(`${what}.outages-a-year`, random, rates);
    if (perYear > 0) this.#next(what, { ...kind, mean: (365 * DAY) / perYear });
  }

  #next(what: string, kind: Kind): void {
    const { scheduler, random, trace, faults } = this.#parts;
    const { mean, longest, ...of } = kind;
    scheduler.after(random.untilNext(mean), `outage of ${what}`, () => {
      if (!faults.on) return;
      const until = scheduler.now + random.spread(5_000, random.chance(0.2) ? longest : 3 * HOUR);
      this.#until.set(what, until);
      this.past.push({ ...of, from: scheduler.now, until });
      trace.met(`outage of ${what}`);
      trace.note(`outage of ${what} until ${new Date(until).toISOString()}`);
      this.#next(what, kind);
    });
  }
}

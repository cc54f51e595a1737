import type { Trace } from '../engine/trace.ts';

export interface Breach {
  check: string;
  at: number;
  what: string;
  /** The last events before it. */
  last: string[];
}

/** What did not hold; of each check the first breach is kept. */
export class Breaches {
  readonly first = new Map<string, Breach>();
  readonly #trace: Trace;
  readonly #clock: () => number;
  count = 0;

  constructor(trace: Trace, clock: () => number) {
    this.#trace = trace;
    this.#clock = clock;
  }

  report(check: string, what: string): void {
    this.count += 1;
    this.#trace.note(`BROKEN ${check}: ${what}`);
    if (!this.first.has(check))
      this.first.set(check, { check, at: this.#clock(), what, last: this.#trace.last });
  }
}

import { HOUR } from '../engine/durations.ts';
import type { Faults } from '../engine/faults.ts';
import { Invocation } from '../engine/invocation.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Trace } from '../engine/trace.ts';

export type Ending =
  | { how: 'ended'; answer: unknown }
  | { how: 'failed'; error: unknown }
  | { how: 'died'; why: string };

interface Parts {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  trace: Trace;
}

export interface Run {
  functionName: string;
  limitMs: number;
  /** What it is about, for the trace. */
  about: string;
  event?: unknown;
  step: (invocation: Invocation) => Promise<unknown>;
  ended: (ending: Ending, invocation: Invocation) => void;
}

const KEEP_FOR_ENDING_MS = 90_000;

/** Runs functions: each has its time, and may be ended in the middle of anything. */
export class Lambda {
  readonly #parts: Parts;
  readonly #open = new Map<Invocation, (ending: Ending) => void>();
  readonly onEnd: ((ending: Ending, invocation: Invocation, run: Run) => void)[] = [];
  #begun = 0;
  crashes = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get open(): number {
    return this.#open.size;
  }

  begin(run: Run): void {
    const { scheduler, random, faults, trace } = this.#parts;
    this.#begun += 1;
    const skew = faults.happens('lambda.clock') ? random.pick([-1, 1]) * random.spread(1_000, 26 * HOUR) : 0;
    const invocation = new Invocation(
      `${run.functionName}-${this.#begun}`,
      run.functionName,
      Math.round(skew),
    );
    if (skew !== 0) invocation.hits.push('lambda.clock');
    trace.note(`${invocation.id} begins: ${run.about}`);
    const end = (ending: Ending) => {
      if (!this.#open.delete(invocation)) return;
      invocation.isAlive = false;
      const told = ending.how === 'died' ? ending.why : ending.how === 'failed' ? String(ending.error) : '';
      trace.note(`${invocation.id} ${ending.how} ${told}`);
      for (const hear of this.onEnd) hear(ending, invocation, run);
      run.ended(ending, invocation);
    };
    this.#open.set(invocation, end);
    const ending = Math.min(KEEP_FOR_ENDING_MS, run.limitMs / 2);
    // As where what it waits for takes nearly all of its time.
    const isShort = faults.happens('lambda.short-of-time');
    const limit = isShort ? ending + random.spread(50, run.limitMs / 2) : run.limitMs;
    if (isShort) invocation.hits.push('lambda.short-of-time');
    scheduler.after(limit - ending, `${invocation.id} time`, () => {
      if (invocation.isAlive) invocation.controller.abort();
    });
    scheduler.after(limit, `${invocation.id} over`, () => this.kill(invocation, 'out of time'));
    if (faults.happens('lambda.out-of-memory'))
      scheduler.after(random.spread(50, limit / 4), `${invocation.id} memory`, () => {
        invocation.hits.push('lambda.out-of-memory');
        this.kill(invocation, 'out of memory');
      });
    run.step(invocation).then(
      (answer) => end({ how: 'ended', answer }),
      (error) => end({ how: 'failed', error }),
    );
  }

  kill(invocation: Invocation, why: string): void {
    const end = this.#open.get(invocation);
    if (!end) return;
    this.crashes += 1;
    this.#parts.trace.met(`died ${invocation.functionName}`);
    end({ how: 'died', why });
  }
}

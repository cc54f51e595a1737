import type { Scheduler } from './scheduler.ts';

/** One run of a function: it ends by itself, or dies, and then no promise of it ever resolves again. */
export class Invocation {
  readonly id: string;
  readonly functionName: string;
  readonly controller = new AbortController();
  /** How far its clock is off. */
  readonly skewMs: number;
  isAlive = true;
  /** What was injected into it, for whoever judges how it ended. */
  readonly hits: string[] = [];
  /** What the other side had done wrong by itself, as far as it came across it. */
  readonly met: string[] = [];
  calls = 0;

  constructor(id: string, functionName: string, skewMs: number) {
    this.id = id;
    this.functionName = functionName;
    this.skewMs = skewMs;
  }

  clock(scheduler: Scheduler): Date {
    return new Date(scheduler.now + this.skewMs);
  }
}

/** The end of a task that died: nobody hears of it. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});

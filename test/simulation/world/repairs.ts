import type { Scheduler } from '../engine/scheduler.ts';

/** What is broken for a time, and how it is mended. */
export class Repairs {
  readonly #scheduler: Scheduler;
  readonly #broken = new Map<string, () => void>();
  readonly onMended: ((what: string) => void)[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  later(ms: number, what: string, mend: () => void): void {
    const id = `${what} ${this.#scheduler.turns}`;
    const once = () => {
      if (!this.#broken.delete(id)) return;
      mend();
      for (const hear of this.onMended) hear(what);
    };
    this.#broken.set(id, once);
    this.#scheduler.after(ms, `mend ${what}`, once);
  }

  /** Mends at once what is broken now. */
  all(): void {
    for (const mend of [...this.#broken.values()]) mend();
  }
}

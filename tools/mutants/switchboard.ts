/** More calls than a test without a mutant makes, times this, are a loop without end. */
const TIMES = 100;
const AT_LEAST = 200_000;

class EndlessError extends Error {
  override readonly name = 'EndlessError';
}

/** Says which mutant is active, and which run. One at a time: tests run one after the other. */
export class Switchboard {
  #active = -1;
  #recorded: Set<number> | undefined;
  #calls = 0;
  #limit = Number.POSITIVE_INFINITY;
  /** What ran while nothing was recorded: when files are loaded. */
  readonly outside = new Set<number>();

  constructor() {
    Object.assign(globalThis, { $m: (id: number) => this.#isActive(id) });
  }

  #isActive(id: number): boolean {
    this.#calls += 1;
    if (this.#calls > this.#limit) throw new EndlessError('a loop without end');
    if (this.#recorded) this.#recorded.add(id);
    else if (this.#active < 0) this.outside.add(id);
    return id === this.#active;
  }

  record(): void {
    this.#recorded = new Set();
    this.#calls = 0;
  }

  /** Which mutants ran since `record`, and how many calls there were in all. */
  recorded(): { ids: readonly number[]; calls: number } {
    const ids = [...(this.#recorded ?? [])];
    this.#recorded = undefined;
    return { ids, calls: this.#calls };
  }

  activate(id: number, calls = Number.POSITIVE_INFINITY): void {
    this.#active = id;
    this.#calls = 0;
    this.#limit = Math.max(AT_LEAST, calls * TIMES);
  }

  deactivate(): void {
    this.#active = -1;
    this.#limit = Number.POSITIVE_INFINITY;
  }
}

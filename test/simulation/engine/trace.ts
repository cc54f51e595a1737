import { createHash } from 'node:crypto';

const KEPT = 60;

/** What happened, as a hash of all of it and the last lines; two runs of a seed have to be the same. */
export class Trace {
  readonly #hash = createHash('sha256');
  #pending: string[] = [];
  readonly #last: string[] = [];
  readonly #clock: () => number;
  /** What happened how often, by name. */
  readonly counts = new Map<string, number>();
  /** Told every line, where somebody wants to see them. */
  show: ((line: string) => void) | undefined;
  lines = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  note(text: string): void {
    this.lines += 1;
    const entry = `${this.#clock()} ${text}`;
    this.#pending.push(entry);
    if (this.#pending.length >= 512) this.#flush();
    if (this.#last.length >= KEPT) this.#last.shift();
    this.#last.push(entry);
    this.show?.(spoken(entry));
  }

  /** A situation that is worth knowing of: whether the seeds ever came to it. */
  met(situation: string): void {
    this.counts.set(situation, (this.counts.get(situation) ?? 0) + 1);
  }

  get last(): string[] {
    return this.#last.map(spoken);
  }

  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  #flush(): void {
    this.#hash.update(this.#pending.join('\n'));
    this.#pending = [];
  }
}

function spoken(entry: string): string {
  const space = entry.indexOf(' ');
  return `${new Date(Number(entry.slice(0, space))).toISOString()} ${entry.slice(space + 1)}`;
}

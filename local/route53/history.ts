import type { RecordSets } from './record-set.ts';

const KEPT_MS = 600_000;

/** A zone's record sets over time: what was written last, and what is to be seen of it at an instant. */
export class History {
  #versions: { visibleAt: number; recordSets: RecordSets }[];

  constructor(first: RecordSets) {
    this.#versions = [{ visibleAt: Number.NEGATIVE_INFINITY, recordSets: first }];
  }

  /** What was written last, seen or not. */
  get latest(): RecordSets {
    return this.#versions.at(-1)?.recordSets ?? new Map();
  }

  /** Adds what will be seen from `visibleAt` on (milliseconds; Infinity: never, unless a later one is). */
  add(recordSets: RecordSets, visibleAt: number, now: number): void {
    this.#versions.push({ visibleAt, recordSets });
    // The last one older than any lag is still what a lagging server answers.
    const keep = this.#versions.findLastIndex((version) => version.visibleAt <= now - KEPT_MS);
    if (keep > 0) this.#versions.splice(0, keep);
  }

  /** What is to be seen at an instant. */
  at(instant: number): RecordSets {
    const seen = this.#versions.findLast((version) => version.visibleAt <= instant);
    return seen?.recordSets ?? this.#versions[0]?.recordSets ?? new Map();
  }
}

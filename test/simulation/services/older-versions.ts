import { DAY } from '../engine/durations.ts';

/** So long a version that is no longer current is kept (resources/bucket.yml), and so many of one object are looked at. */
const KEPT_MS = 90 * DAY;
const MOST = 5;

interface Older<Kept> {
  key: string;
  kept: Kept;
  until: number;
}

/** What the objects of a bucket were before: the versions that are no longer current. */
export class OlderVersions<Kept> {
  readonly #byKey = new Map<string, Older<Kept>[]>();
  /** In the order in which they end. */
  readonly #all: Older<Kept>[] = [];

  add(key: string, kept: Kept, now: number): void {
    this.#forget(now);
    const older = { key, kept, until: now + KEPT_MS };
    this.#all.push(older);
    this.#byKey.set(key, [older, ...this.of(key, now)].slice(0, MOST));
  }

  /** Objects that have some, whether or not they are there now; in order. */
  keys(prefix: string, now: number): string[] {
    this.#forget(now);
    return [...this.#byKey.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** The newest first. */
  of(key: string, now: number): Older<Kept>[] {
    this.#forget(now);
    return this.#byKey.get(key) ?? [];
  }

  #forget(now: number): void {
    while (this.#all[0] && this.#all[0].until <= now) {
      const { key } = this.#all.shift() as Older<Kept>;
      const left = (this.#byKey.get(key) ?? []).filter(({ until }) => until > now);
      if (left.length > 0) this.#byKey.set(key, left);
      else this.#byKey.delete(key);
    }
  }
}

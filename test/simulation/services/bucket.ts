import { hash } from 'node:crypto';
import type { Invocation } from '../engine/invocation.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { OlderVersions } from './older-versions.ts';

export interface Kept {
  body: string;
  etag: string;
  modified: number;
  groups: readonly string[];
}

export interface Change {
  key: string;
  before: Kept | undefined;
  after: Kept | undefined;
  /** The function, or who else. */
  by: string;
  /** The run of a function. */
  run?: Invocation | undefined;
}

/** A bucket of S3 with versions: equal content has an equal etag, and times are in whole seconds, as in its headers. */
export class Bucket {
  /** By what stands before the first slash: what is listed most is listed by it. */
  readonly #folders = new Map<string, Map<string, Kept>>();
  /** Their keys in order, until one comes or goes. */
  readonly #sorted = new Map<Map<string, Kept>, string[]>();
  readonly #scheduler: Scheduler;
  readonly onChange: ((change: Change) => void)[] = [];
  readonly #older = new OlderVersions<Kept>();
  /** Whose call is being carried out. */
  caller: Invocation | undefined;
  count = 0;
  bytes = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get(key: string): Kept | undefined {
    return this.#folder(key).get(key);
  }

  /** In order. */
  keys(prefix: string): string[] {
    const folders = prefix.includes('/') ? [this.#folder(prefix)] : [...this.#folders.values()];
    const found = folders.flatMap((folder) => below(this.#keysIn(folder), prefix));
    return folders.length === 1 ? found : found.sort();
  }

  put(key: string, body: string, by: string, groups: readonly string[] = []): Kept {
    const before = this.get(key);
    const etag = before?.body === body ? before.etag : etagOf(body);
    const after = { body, etag, modified: this.now, groups };
    const folder = this.#folder(key);
    folder.set(key, after);
    if (!before) this.#sorted.delete(folder);
    else if (before.body !== body) this.#older.add(key, before, this.now);
    this.count += before ? 0 : 1;
    this.bytes += body.length - (before?.body.length ?? 0);
    this.#tell({ key, before, after, by });
    return after;
  }

  remove(key: string, by: string): void {
    const before = this.get(key);
    if (!before) return;
    const folder = this.#folder(key);
    folder.delete(key);
    this.#sorted.delete(folder);
    this.#older.add(key, before, this.now);
    this.count -= 1;
    this.bytes -= before.body.length;
    this.#tell({ key, before, after: undefined, by });
  }

  tag(key: string, groups: readonly string[], by: string): void {
    const before = this.get(key);
    if (!before) return;
    const after = { ...before, groups };
    this.#folder(key).set(key, after);
    this.#tell({ key, before, after, by });
  }

  #tell(change: Change): void {
    for (const hear of this.onChange) hear({ ...change, run: this.caller });
  }

  /** The objects that have versions that are no longer current. */
  olderKeys(prefix: string): string[] {
    return this.#older.keys(prefix, this.now);
  }

  /** What an object was before; the newest first. */
  olderVersions(key: string): Kept[] {
    return this.#older.of(key, this.now).map(({ kept }) => kept);
  }

  /** To the second, as S3 tells it. */
  get now(): number {
    return Math.floor(this.#scheduler.now / 1000) * 1000;
  }

  #keysIn(folder: Map<string, Kept>): readonly string[] {
    const known = this.#sorted.get(folder) ?? [...folder.keys()].sort();
    this.#sorted.set(folder, known);
    return known;
  }

  #folder(key: string): Map<string, Kept> {
    const name = key.slice(0, key.indexOf('/') + 1);
    const folder = this.#folders.get(name) ?? new Map<string, Kept>();
    this.#folders.set(name, folder);
    return folder;
  }
}

/** Those of sorted keys that begin with a prefix: they stand one after the other. */
function below(keys: readonly string[], prefix: string): string[] {
  let first = 0;
  for (let end = keys.length; first < end; ) {
    const middle = (first + end) >> 1;
    if ((keys[middle] as string) < prefix) first = middle + 1;
    else end = middle;
  }
  let last = first;
  while (keys[last]?.startsWith(prefix)) last += 1;
  return keys.slice(first, last);
}

/** As long as S3's, of a hash that is faster than its MD5. */
function etagOf(body: string): string {
  return `"${hash('sha1', body).slice(0, 32)}"`;
}

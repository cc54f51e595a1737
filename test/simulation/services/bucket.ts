import { createHash } from 'node:crypto';
import type {
  Listed,
  ListOptions,
  ObjectStore,
  StoredObject,
  Written,
} from '../../../lib/foundation/bucket/object-store.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Scheduler } from '../engine/scheduler.ts';

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
}

/** A bucket of S3: equal content has an equal etag, and times are in whole seconds, as in its headers. */
export class Bucket {
  /** By what stands before the first slash: what is listed most is listed by it. */
  readonly #folders = new Map<string, Map<string, Kept>>();
  readonly #scheduler: Scheduler;
  readonly onChange: ((change: Change) => void)[] = [];
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
    const found: string[] = [];
    if (!prefix.includes('/')) {
      for (const folder of this.#folders.values())
        for (const key of folder.keys()) if (key.startsWith(prefix)) found.push(key);
    } else for (const key of this.#folder(prefix).keys()) if (key.startsWith(prefix)) found.push(key);
    return found.sort();
  }

  put(key: string, body: string, by: string, groups: readonly string[] = []): Kept {
    const before = this.get(key);
    const etag = before?.body === body ? before.etag : etagOf(body);
    const after = { body, etag, modified: this.now, groups };
    this.#folder(key).set(key, after);
    this.count += before ? 0 : 1;
    this.bytes += body.length - (before?.body.length ?? 0);
    for (const hear of this.onChange) hear({ key, before, after, by });
    return after;
  }

  remove(key: string, by: string): void {
    const before = this.get(key);
    if (!before) return;
    this.#folder(key).delete(key);
    this.count -= 1;
    this.bytes -= before.body.length;
    for (const hear of this.onChange) hear({ key, before, after: undefined, by });
  }

  tag(key: string, groups: readonly string[], by: string): void {
    const before = this.get(key);
    if (!before) return;
    const after = { ...before, groups };
    this.#folder(key).set(key, after);
    for (const hear of this.onChange) hear({ key, before, after, by });
  }

  /** To the second, as S3 tells it. */
  get now(): number {
    return Math.floor(this.#scheduler.now / 1000) * 1000;
  }

  #folder(key: string): Map<string, Kept> {
    const name = key.slice(0, key.indexOf('/') + 1);
    const folder = this.#folders.get(name) ?? new Map<string, Kept>();
    this.#folders.set(name, folder);
    return folder;
  }
}

function etagOf(body: string): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** The bucket as one run of a function has it. */
export function storeFor(
  invocation: Invocation,
  { bucket, calls }: { bucket: Bucket; calls: Calls },
): ObjectStore {
  const by = invocation.functionName;
  const ask = <T>(what: string, effect: () => T) =>
    calls.make(invocation, {
      port: 's3',
      what: `s3 ${what}`,
      effect,
      trouble: () => new StoreError('store-unavailable', `could not ${what}: no answer`),
      latencyMs: 20,
    });
  const write = (key: string, body: string, groups: readonly string[] | undefined): Written => {
    const { etag } = bucket.put(key, body, by, groups ?? []);
    return { etag };
  };
  return {
    list: (prefix, { deep = false }: ListOptions = {}) =>
      ask(`list ${prefix}`, () => listed(bucket, prefix, deep)),
    get: (key) => ask(`read ${key}`, () => read(bucket, key)),
    create: (key, body, options = {}) =>
      ask(`create ${key}`, () => {
        const kept = bucket.get(key);
        if (kept) return kept.body === body ? { etag: kept.etag } : undefined;
        return write(key, body, options.groups);
      }),
    replace: (key, body, { etag, groups }) =>
      ask(`replace ${key}`, () => {
        const kept = bucket.get(key);
        if (kept?.etag === etag) return write(key, body, groups);
        return kept?.body === body ? { etag: kept.etag } : undefined;
      }),
    put: (key, body, options = {}) => ask(`put ${key}`, () => void write(key, body, options.groups)),
    tag: (key, groups) => ask(`tag ${key}`, () => bucket.tag(key, groups, by)),
    remove: (key, { etag } = {}) =>
      ask(`remove ${key}`, () => {
        if (etag === undefined || bucket.get(key)?.etag === etag) bucket.remove(key, by);
      }),
  };
}

function listed(bucket: Bucket, prefix: string, deep: boolean): Listed[] {
  return bucket
    .keys(prefix)
    .filter((key) => key !== prefix && (deep || !key.slice(prefix.length).includes('/')))
    .flatMap((key): Listed[] => {
      const kept = bucket.get(key);
      if (!kept) return [];
      const { etag, modified } = kept;
      return [{ key, etag, modified: new Date(modified), ageMs: bucket.now - modified }];
    });
}

function read(bucket: Bucket, key: string): StoredObject | undefined {
  const kept = bucket.get(key);
  if (!kept) return undefined;
  const { body, etag, modified } = kept;
  return { body, etag, modified: new Date(modified), at: new Date(bucket.now) };
}

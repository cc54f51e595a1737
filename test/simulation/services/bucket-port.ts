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
import type { Bucket } from './bucket.ts';

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
      effect: () => {
        bucket.caller = invocation;
        try {
          return effect();
        } finally {
          bucket.caller = undefined;
        }
      },
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
    folders: (prefix) =>
      ask(`list folders of ${prefix}`, () => {
        const deep = listed(bucket, prefix, true).map(({ key }) => key.slice(prefix.length));
        return [...new Set(deep.flatMap((key) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : [])))];
      }),
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

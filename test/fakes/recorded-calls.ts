import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';

const METHODS = ['list', 'folders', 'get', 'create', 'replace', 'put', 'tag', 'remove'] as const;

/** The store, which notes each call in `calls`, in order: `get live/shop.json`. */
export function recordCalls(store: ObjectStore, calls: string[]): ObjectStore {
  const recording = METHODS.map((method) => {
    const call = store[method] as (key: string, ...more: unknown[]) => unknown;
    return [
      method,
      (key: string, ...more: unknown[]) => {
        calls.push(`${method} ${key}`);
        return call.call(store, key, ...more);
      },
    ];
  });
  return Object.fromEntries(recording) as ObjectStore;
}

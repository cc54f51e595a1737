import type { MemoryStore } from './memory-store.ts';

/** From now on each key that is read and each prefix that is listed, in order; empty it to begin anew. */
export function recordReads(store: MemoryStore): string[] {
  const asked: string[] = [];
  const { get, list } = store;
  store.get = (key) => {
    asked.push(key);
    return get.call(store, key);
  };
  store.list = (prefix, options) => {
    asked.push(prefix);
    return list.call(store, prefix, options);
  };
  return asked;
}

import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import type { MemoryStore } from './memory-store.ts';

/**
 * The store as one worker sees it who is always a little late: whenever it writes or removes one of `keys`, `meanwhile` has
 * just been there, which another worker does with the store itself: once, before the write that comes after `skipped` others.
 */
export function contested(
  store: MemoryStore,
  keys: string | ((key: string) => boolean),
  meanwhile: (key: string) => unknown,
  { skipped = 0 } = {},
): ObjectStore & { contests: number } {
  const isContested = typeof keys === 'string' ? (key: string) => key === keys : keys;
  let writes = 0;
  const late = {
    contests: 0,
    list: store.list.bind(store),
    folders: store.folders.bind(store),
    get: store.get.bind(store),
    tag: store.tag.bind(store),
    create: after((...args: Parameters<ObjectStore['create']>) => store.create(...args)),
    replace: after((...args: Parameters<ObjectStore['replace']>) => store.replace(...args)),
    put: after((...args: Parameters<ObjectStore['put']>) => store.put(...args)),
    remove: after((...args: Parameters<ObjectStore['remove']>) => store.remove(...args)),
  };
  function after<Args extends [string, ...unknown[]], Result>(write: (...args: Args) => Promise<Result>) {
    return async (...args: Args) => {
      const [key] = args;
      if (isContested(key)) {
        writes += 1;
        if (writes === skipped + 1) {
          late.contests += 1;
          await meanwhile(key);
        }
      }
      return write(...args);
    };
  }
  return late;
}

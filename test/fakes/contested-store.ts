import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import type { MemoryStore } from './memory-store.ts';

interface Contest {
  /** Right after it was read, so that who reads again sees what is new; or right before it is written or removed. */
  at?: 'read' | 'write';
  /** Reads or writes of before, which nobody disturbs. */
  skipped?: number;
}

/**
 * The store as one worker sees it who is a little late: between its read and its write of one of `keys` another worker was
 * there, once. `meanwhile` is what that one does, with the store itself.
 */
export function contested(
  store: MemoryStore,
  keys: string | ((key: string) => boolean),
  meanwhile: (key: string) => unknown,
  { at = 'write', skipped = 0 }: Contest = {},
): ObjectStore & { contests: number } {
  const isContested = typeof keys === 'string' ? (key: string) => key === keys : keys;
  let times = 0;
  const late = {
    contests: 0,
    list: store.list.bind(store),
    folders: store.folders.bind(store),
    tag: store.tag.bind(store),
    get: async (key: string) => {
      const found = await store.get(key);
      if (at === 'read') await contest(key);
      return found;
    },
    create: contestedWrite((...args: Parameters<ObjectStore['create']>) => store.create(...args)),
    replace: contestedWrite((...args: Parameters<ObjectStore['replace']>) => store.replace(...args)),
    put: contestedWrite((...args: Parameters<ObjectStore['put']>) => store.put(...args)),
    remove: contestedWrite((...args: Parameters<ObjectStore['remove']>) => store.remove(...args)),
  };
  async function contest(key: string) {
    if (!isContested(key)) return;
    times += 1;
    if (times !== skipped + 1) return;
    late.contests += 1;
    await meanwhile(key);
  }
  function contestedWrite<Args extends [string, ...unknown[]], Result>(
    write: (...args: Args) => Promise<Result>,
  ) {
    return async (...args: Args) => {
      if (at === 'write') await contest(args[0]);
      return write(...args);
    };
  }
  return late;
}

import { once } from '../common/once.ts';
import type { Listed, ObjectStore, StoredObject } from './object-store.ts';

/** Reads and lists, each once. */
export interface ReadOnce {
  get(key: string): Promise<StoredObject | undefined>;
  /** At any depth. */
  list(prefix: string): Promise<Listed[]>;
}

/** For what nobody changes while a certificate is claimed, such as its archive: nothing of it is asked for twice. */
export function readOnce(store: Pick<ObjectStore, 'get' | 'list'>): ReadOnce {
  return {
    get: once((key) => store.get(key)),
    list: once((prefix) => store.list(prefix, { deep: true })),
  };
}

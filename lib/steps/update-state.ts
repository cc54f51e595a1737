import { stateKey } from '../core/object-keys.ts';
import type { State } from '../core/state.ts';
import { type ObjectStore, StoreError } from '../ports/object-store.ts';
import { parseState } from './read-objects.ts';

const MAX_CONFLICTS = 8;

/** Writes what `change` makes of the state as it is now; of two that write at once neither loses what the other wrote. */
export async function updateState(
  store: ObjectStore,
  name: string,
  change: (before: State | undefined) => State,
): Promise<State> {
  const key = stateKey(name);
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
    const stored = await store.get(key);
    const state = change(parseState(stored?.body));
    const body = `${JSON.stringify(state, null, 2)}\n`;
    const written = stored
      ? await store.replace(key, body, { etag: stored.etag })
      : await store.create(key, body);
    if (written) return state;
  }
  throw new StoreError('store-unavailable', `${key} kept changing`);
}

import { stateKey } from '../core/object-keys.ts';
import type { State } from '../core/state.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { parseState } from './read-objects.ts';
import { updateObject } from './update-object.ts';

/**
 * Writes what `change` makes of the state as it is now, or removes it for `undefined`; of two that write at once neither
 * loses what the other wrote.
 */
export async function updateState<After extends State | undefined>(
  store: ObjectStore,
  name: string,
  change: (before: State | undefined) => After,
): Promise<After> {
  const { state } = await updateObject(store, stateKey(name), (text) => {
    const state = change(parseState(text));
    return { state, body: state && `${JSON.stringify(state, null, 2)}\n` };
  });
  return state;
}

import type { ObjectStore, StoredObject } from '../../foundation/bucket/object-store.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { stateKey } from '../../foundation/certificate/object-keys.ts';
import { parseState, type State } from './rules/state.ts';

/** The state of a certificate, with its object. An unreadable one, `spoilt`, counts as none: a state only makes us wait. */
export async function findState(
  store: Pick<ObjectStore, 'get'>,
  name: string,
  now: Date,
): Promise<{ state?: State | undefined; stateRead?: StoredObject | undefined; spoilt?: StoredObject }> {
  const stored = await store.get(stateKey(name));
  const state = parseState(stored?.body, now);
  return stored && !state ? { spoilt: stored } : { state, stateRead: stored };
}

/** Changes the stored state by compare-and-swap, or removes it where `change` returns `undefined`; `read` is what was read before. */
export async function updateState<After extends State | undefined>(
  store: ObjectStore,
  { name, now, read }: { name: string; now: Date; read?: StoredObject | undefined },
  change: (before: State | undefined) => After,
): Promise<After> {
  const changeText = (text: string | undefined) => {
    const state = change(parseState(text, now));
    return { state, body: state && `${JSON.stringify(state, null, 2)}\n` };
  };
  return (await updateObject(store, stateKey(name), changeText, read)).state;
}

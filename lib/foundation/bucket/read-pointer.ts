import { LivePointer } from '../certificate/live-pointer.ts';
import { liveKey } from '../certificate/object-keys.ts';
import { orNone, parseJson } from '../common/parse-json.ts';
import type { ObjectStore } from './object-store.ts';

/** The live pointer with its etag; `undefined` before the first issuance. */
export async function readLive(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<{ pointer: LivePointer; etag: string } | undefined> {
  const stored = await store.get(liveKey(name));
  return (
    stored && {
      pointer: parseJson(stored.body, LivePointer, { where: liveKey(name), reason: 'pointer-malformed' }),
      etag: stored.etag,
    }
  );
}

/** The pointer's object as stored; `pointer` is `undefined` when it cannot be parsed. */
export interface FoundPointer {
  pointer: LivePointer | undefined;
  body: string;
  etag: string;
  /** By the store's clock. */
  modified: Date;
}

export async function findPointer(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<FoundPointer | undefined> {
  const stored = await store.get(liveKey(name));
  if (!stored) return undefined;
  const { body, etag, modified } = stored;
  return { pointer: orNone(body, LivePointer), body, etag, modified };
}

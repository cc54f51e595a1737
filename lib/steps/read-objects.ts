import { AcmRecord } from '../core/acm-imports.ts';
import { LivePointer } from '../core/live-pointer.ts';
import { acmKey, liveKey, pendingKey, stateKey } from '../core/object-keys.ts';
import { parseJson } from '../core/parse-json.ts';
import { Pending } from '../core/pending.ts';
import { State } from '../core/state.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** The live pointer with its etag; `undefined` before the first issue. */
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

/** What is remembered of a certificate. A state that cannot be read is none: it only ever says to wait. */
export async function readState(store: ObjectStore, name: string): Promise<State | undefined> {
  return parseState((await store.get(stateKey(name)))?.body, name);
}

export function parseState(body: string | undefined, name: string): State | undefined {
  if (body === undefined) return undefined;
  try {
    return parseJson(body, State, { where: stateKey(name), reason: 'state-malformed' });
  } catch {
    return undefined;
  }
}

/** The lease on a certificate, with the store's times that its staleness is judged by. */
export async function readPending(
  store: ObjectStore,
  name: string,
): Promise<{ pending: Pending; etag: string; modified: Date; at: Date } | undefined> {
  const stored = await store.get(pendingKey(name));
  if (!stored) return undefined;
  const where = pendingKey(name);
  const pending = parseJson(stored.body, Pending, { where, reason: 'pending-malformed', secret: true });
  return { pending, etag: stored.etag, modified: stored.modified, at: stored.at };
}

/** What ACM has of a certificate, by our record. One that cannot be read is none: the import finds its own again by their tags. */
export async function readAcmRecord(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<{ record: AcmRecord | undefined; etag: string } | undefined> {
  const where = acmKey(name);
  const stored = await store.get(where);
  if (!stored) return undefined;
  try {
    return {
      record: parseJson(stored.body, AcmRecord, { where, reason: 'acm-record-malformed' }),
      etag: stored.etag,
    };
  } catch {
    return { record: undefined, etag: stored.etag };
  }
}

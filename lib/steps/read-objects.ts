import type * as z from 'zod/mini';
import { AcmRecord } from '../core/acm-imports.ts';
import { CaLimits, NO_LIMITS } from '../core/ca-limits.ts';
import { LivePointer } from '../core/live-pointer.ts';
import { acmKey, limitsKey, liveKey, pendingKey, revokedKey, stateKey } from '../core/object-keys.ts';
import { parseJson } from '../core/parse-json.ts';
import { Pending } from '../core/pending.ts';
import { type Revocation, Revocations } from '../core/revocation.ts';
import { State } from '../core/state.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';

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

/** The pointer's object as it stands there; `pointer` is `undefined` when it cannot be read as one. */
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

/** What is remembered of a certificate; `spoilt` is an object that cannot be read as a state, which is none: it only ever says to wait. */
export async function findState(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<{ state?: State | undefined; spoilt?: StoredObject }> {
  const stored = await store.get(stateKey(name));
  const state = stored && orNone(stored.body, State);
  return stored && !state ? { spoilt: stored } : { state };
}

export function parseState(body: string | undefined): State | undefined {
  return body === undefined ? undefined : orNone(body, State);
}

function orNone<T extends z.ZodMiniType>(text: string, schema: T): z.infer<T> | undefined {
  try {
    return parseJson(text, schema, { where: 'object', reason: 'malformed' });
  } catch {
    return undefined;
  }
}

/** What a CA has told us to wait for. As with a state, what cannot be read says nothing. */
export async function readLimits(store: Pick<ObjectStore, 'get'>, directoryUrl: string): Promise<CaLimits> {
  return parseLimits((await store.get(limitsKey(directoryUrl)))?.body);
}

export function parseLimits(body: string | undefined): CaLimits {
  return (body === undefined ? undefined : orNone(body, CaLimits)) ?? NO_LIMITS;
}

/** The lease on a certificate, with the store's times that its staleness is judged by; `pending` where it can be read. */
export async function readPending(
  store: ObjectStore,
  name: string,
): Promise<(StoredObject & { pending: Pending | undefined }) | undefined> {
  const stored = await store.get(pendingKey(name));
  return stored && { ...stored, pending: orNone(stored.body, Pending) };
}

/** What ACM has of a certificate, by our record. One that cannot be read is none: the import finds its own again by their tags. */
export async function readAcmRecord(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<{ record: AcmRecord | undefined; etag: string } | undefined> {
  const stored = await store.get(acmKey(name));
  return stored && { record: orNone(stored.body, AcmRecord), etag: stored.etag };
}

/** The versions that were revoked; a record that cannot be read says nothing, and stops no renewal. */
export async function readRevocations(store: Pick<ObjectStore, 'get'>, name: string): Promise<Revocation[]> {
  const stored = await store.get(revokedKey(name));
  return (stored && orNone(stored.body, Revocations))?.versions ?? [];
}

/** As {@link readRevocations}, for who must not pass over one: throws InputError. */
export function parseRevocations(name: string, body: string | undefined): Revocation[] {
  if (body === undefined) return [];
  return parseJson(body, Revocations, { where: revokedKey(name), reason: 'revocations-malformed' }).versions;
}

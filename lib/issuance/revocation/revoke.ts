import { X509Certificate } from 'node:crypto';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { leafFacts } from '../../foundation/certificate/leaf.ts';
import { archiveKey, renewalKey, revokedKey } from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type Wanted } from '../../foundation/certificate/renewal-file.ts';
import {
  isCompromised,
  isRevocationOf,
  parseRevocationRequest,
  type Revocation,
  type RevocationReason,
  Revocations,
  revocationToReplace,
  withoutRevocation,
  withRevocation,
} from '../../foundation/certificate/revocation.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { EventBus, StackEvent } from '../../foundation/events/events.ts';
import type { OpenCertificateAuthority } from '../ca/certificate-authority.ts';
import { isRefusal } from '../ca/refusal.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import { parseRevocations } from './read-revocations.ts';

export interface RevokeDeps {
  store: ObjectStore;
  /** Opens stored accounts only, and makes none. */
  openAuthority: OpenCertificateAuthority;
  events: EventBus;
  stack: Stack;
}

/** The answer of `revoke`. */
export interface Revoked {
  name: string;
  version: string;
  serial: string;
  reason: RevocationReason;
  ca: string;
  /** Whether it was the live version and a new certificate is on its way. */
  replaced: boolean;
}

/**
 * Asks the CA to revoke a version, the live one unless another is given, and has a live one replaced. It is recorded first,
 * so that a crash leaves a certificate that is replaced, not one that is revoked and served. It may be invoked again.
 */
export async function revoke(deps: RevokeDeps, event: unknown, now: Date): Promise<Revoked> {
  const { revoke: name, reason, version: given } = parseRevocationRequest(event);
  const { store, events, stack } = deps;
  const [found, file] = await Promise.all([findPointer(store, name), store.get(renewalKey(name))]);
  const live = found?.pointer;
  const version = given ?? live?.version;
  if (version === undefined)
    throw new InputError('nothing-to-revoke', {
      seen: `${name}: there is no live version`,
      remedy: 'name one as "version"',
    });
  const { pem, serial, keyFingerprint } = await readCertificate(store, name, version);
  const wanted = file && wantedIn(file.body, name, stack);
  const revocation: Revocation = { version, serial, keyFingerprint, reason, askedAt: now.toISOString() };
  const before = await record(store, name, (known) => withRevocation(known, revocation));
  const wantedCas = casOf(wanted ?? {}, stack);
  const ca = await askAll(new Set([...(live?.ca ? [live.ca] : []), ...wantedCas]), async (directoryUrl) => {
    await (await deps.openAuthority(directoryUrl)).revoke(pem, reason);
  }).catch(async (error) => {
    // A version that every CA refused to revoke needs no replacement; without an answer nobody knows.
    const earlier = before.find((one) => one.version === version);
    if (isRefusal(error))
      await record(store, name, (known) =>
        earlier ? withRevocation(known, earlier) : withoutRevocation(known, version),
      );
    throw error;
  });
  const revoked = { ...revocation, revokedAt: now.toISOString() };
  await record(store, name, (known) => withRevocation(known, revoked));
  const isLive =
    live !== undefined &&
    (isRevocationOf(revocation, live) || isCompromised([revocation], live.keyFingerprint));
  const due: StackEvent[] = [];
  if (wanted && live && revocationToReplace([revocation], live)) {
    const { zoneRole } = wanted;
    const certificates = [{ name, reason: 'revoked', replacing: live.version }];
    const batch = { ca: wantedCas[0] ?? ca, ...(zoneRole !== undefined && { zoneRole }), zoneIds: [] };
    due.push({ type: 'Renewal Due', detail: { ...batch, certificates } });
  }
  await events.publish([...due, { type: 'Certificate Revoked', detail: { name, version, reason, isLive } }]);
  return { name, version, serial, reason, ca, replaced: due.length > 0 };
}

/** A file that cannot be used is rejected by scan, and must not stand in the way of a revocation. */
function wantedIn(text: string, name: string, stack: Stack): Wanted | undefined {
  try {
    return parseRenewalFile(text, name, stack);
  } catch {
    return undefined;
  }
}

async function readCertificate(store: ObjectStore, name: string, version: string) {
  const key = archiveKey(name, version, 'cert');
  const stored = await store.get(key);
  if (!stored)
    throw new InputError('version-missing', {
      seen: `${key} does not exist`,
      remedy: `see which versions archive/${name}/ has`,
    });
  try {
    return { pem: stored.body, ...leafFacts(new X509Certificate(stored.body)) };
  } catch {
    throw new InputError('version-malformed', `${key} is no certificate`);
  }
}

/** The first CA that does it; nothing records which one issued an older version. */
async function askAll(cas: Iterable<string>, ask: (ca: string) => Promise<void>): Promise<string> {
  let failure: unknown;
  for (const ca of cas) {
    try {
      await ask(ca);
      return ca;
    } catch (error) {
      if (failure === undefined || !isRefusal(error)) failure = error;
    }
  }
  throw failure;
}

/** Changes the record, and gives what was in it before. */
async function record(store: ObjectStore, name: string, change: (known: Revocation[]) => Revocation[]) {
  const { before } = await updateObject(store, revokedKey(name), (body) => {
    const before = parseRevocations(name, body);
    const after = { ...orNone(body, Revocations), versions: change(before) };
    const text = `${JSON.stringify(after, null, 2)}\n`;
    return { before, body: after.versions.length > 0 ? text : undefined };
  });
  return before;
}

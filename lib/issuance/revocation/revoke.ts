import { X509Certificate } from 'node:crypto';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { type LeafFacts, leafFacts } from '../../foundation/certificate/leaf.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { archiveKey, renewalKey, revokedKey } from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type Wanted } from '../../foundation/certificate/renewal-file.ts';
import {
  parseRevocationRequest,
  type Revocation,
  type RevocationReason,
  revocationToReplace,
  withoutRevocation,
  withRevocation,
} from '../../foundation/certificate/revocation.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import type { EventBus } from '../../foundation/events/events.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type OpenCertificateAuthority } from '../ca/certificate-authority.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import { parseRevocations } from './read-revocations.ts';

export interface RevokeDeps {
  store: ObjectStore;
  /** Opens accounts that are kept, and makes none. */
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
 * Has the CA revoke a version, the live one unless another is given, and has a live one replaced. It is recorded first, so
 * that a crash leaves a certificate that is replaced rather than one that is revoked and served; it may be invoked again.
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
  const { pem, facts } = await readCertificate(store, name, version);
  const { serial, keyFingerprint } = facts;
  const wanted = file && parseRenewalFile(file.body, name, stack);
  const revocation: Revocation = { version, serial, keyFingerprint, reason, askedAt: now.toISOString() };
  const before = await record(store, name, (known) => withRevocation(known, revocation));
  const cas = [...new Set([...(live?.ca ? [live.ca] : []), ...casOf(wanted ?? {}, stack)])];
  const ca = await askAll(cas, async (directoryUrl) => {
    await (await deps.openAuthority(directoryUrl)).revoke(pem, reason);
  }).catch(async (error) => {
    // What no CA has revoked is not to be made up for; without an answer nobody knows.
    if (isRefusal(error)) await record(store, name, (known) => takenBack(known, { version, before }));
    throw error;
  });
  await record(store, name, (known) =>
    withRevocation(known, { ...revocation, revokedAt: now.toISOString() }),
  );
  const replaced = wanted !== undefined && revocationToReplace([revocation], live) !== undefined;
  if (replaced) await events.publish([renewalOf(wanted, live, { ca: casOf(wanted, stack)[0] ?? ca })]);
  return { name, version, serial, reason, ca, replaced };
}

function renewalOf(
  { name, zoneRole }: Wanted,
  live: LivePointer | undefined,
  { ca }: { ca: string },
): Parameters<EventBus['publish']>[0][number] {
  const certificates = [{ name, reason: 'revoked', replacing: live?.version ?? null }];
  return {
    type: 'Renewal Due',
    detail: { ca, ...(zoneRole !== undefined && { zoneRole }), zoneIds: [], certificates },
  };
}

async function readCertificate(
  store: ObjectStore,
  name: string,
  version: string,
): Promise<{ pem: string; facts: LeafFacts }> {
  const key = archiveKey(name, version, 'cert');
  const stored = await store.get(key);
  if (!stored)
    throw new InputError('version-missing', {
      seen: `${key} does not exist`,
      remedy: `see which versions archive/${name}/ has`,
    });
  try {
    return { pem: stored.body, facts: leafFacts(new X509Certificate(stored.body)) };
  } catch {
    throw new InputError('version-malformed', `${key} is no certificate`);
  }
}

/** The first CA that does it; which one issued an older version is written nowhere. */
async function askAll(cas: readonly string[], ask: (ca: string) => Promise<void>): Promise<string> {
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

function isRefusal(error: unknown): boolean {
  return error instanceof AcmeError && isOfKind(error.reason, 'refused');
}

/** Without what was about to be revoked, or as it stood there before. */
function takenBack(
  known: readonly Revocation[],
  { version, before }: { version: string; before: readonly Revocation[] },
): Revocation[] {
  const earlier = before.find((revocation) => revocation.version === version);
  return earlier ? withRevocation(known, earlier) : withoutRevocation(known, version);
}

/** Gives what stood there before. */
async function record(
  store: ObjectStore,
  name: string,
  change: (known: readonly Revocation[]) => Revocation[],
): Promise<readonly Revocation[]> {
  const { before } = await updateObject(store, revokedKey(name), (body) => {
    const before = parseRevocations(name, body);
    const versions = change(before);
    return { before, body: versions.length > 0 ? `${JSON.stringify({ versions }, null, 2)}\n` : undefined };
  });
  return before;
}

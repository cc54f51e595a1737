import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { archiveKey, revokedKey } from '../../foundation/certificate/object-keys.ts';
import { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { isCompromised } from '../../foundation/certificate/revocation.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { TimeLimitError } from '../../foundation/common/poll.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type Order, type OrderRequest } from '../ca/certificate-authority.ts';
import { parseRevocations } from '../revocation/read-revocations.ts';
import { issuedLately, orderLimitFacts } from './gather-facts.ts';
import type { BatchDeps, Checked, RenewRun } from './phases.ts';
import { fingerprintOf } from './rules/open-order.ts';
import { requireOrderAllowed } from './rules/order-limit.ts';

/** Places an order and makes its key; throws OrderLimitedError where the CA's limits or our budget say not yet. */
export async function newOrder(
  { authority, deps, signal }: RenewRun,
  renewal: Checked,
): Promise<{ order: Order; key: PrivateKeyPem }> {
  const { wanted, name, live } = renewal;
  if (signal.aborted)
    throw new TimeLimitError('out-of-time', {
      seen: `the function's time ended before ${name} was ordered`,
      remedy: 'the next run does it',
    });
  await requireAllowed(deps, renewal);
  const request: OrderRequest = { names: wanted.names, profile: wanted.profile };
  const replaces = live && replacedBy(request, live.pointer, authority.directoryUrl);
  const ordering = authority.createOrder({ ...request, replaces }).catch((error) => {
    // That an order replaces a certificate is a hint: refused for it, the order is placed without.
    if (replaces === undefined || !isAgainstReplaces(error)) throw error;
    return authority.createOrder(request);
  });
  const [order, key] = await Promise.all([ordering, keyFor(deps, renewal)]);
  return { order, key };
}

async function requireAllowed(
  { clock, limits }: BatchDeps,
  { wanted, live, reason, state, ignoreBudget, claim, archived }: Checked,
): Promise<void> {
  const renewal = { wanted, live: live?.pointer, state, now: clock() };
  const issued = ignoreBudget ? [] : await issuedLately(archived, renewal);
  // Read last: others of the batch may have been refused meanwhile.
  const known = { limits: limits.known(), issued, issuedToOthers: claim.issuedToOthers };
  const order = { ...known, reason, ignoreBudget, resumes: false };
  requireOrderAllowed(orderLimitFacts(renewal, order));
}

/** The certId to name as replaced: of the same CA, with a name in common (RFC 9773, 5). */
function replacedBy({ names }: OrderRequest, live: LivePointer, directoryUrl: string): string | undefined {
  const isOfThisCa = live.ca === directoryUrl && live.certId !== '';
  return isOfThisCa && names.some((name) => live.names.includes(name)) ? live.certId : undefined;
}

/**
 * Replaced already, not known here, or of another account (RFC 9773, 5 and 7.4). A CA that lost its data may report the
 * unknown certificate as its own error.
 */
function isAgainstReplaces(error: unknown): boolean {
  if (!(error instanceof AcmeError)) return false;
  if (isOfKind(error.reason, 'against-replaces')) return true;
  return error.reason === 'acme-server-internal' && error.message.includes('given certificate');
}

/** A new key; with `reuseKey` the live version's, unless that is of another type or compromised. */
async function keyFor(deps: BatchDeps, renewal: Checked): Promise<PrivateKeyPem> {
  const { wanted } = renewal;
  return (wanted.reuseKey && (await liveKeyOf(deps, renewal))) || deps.runtime.newKey(wanted.key);
}

async function liveKeyOf(
  { store, warn }: BatchDeps,
  { name, live, wanted }: Checked,
): Promise<PrivateKeyPem | undefined> {
  if (!live || live.pointer.key !== wanted.key) return undefined;
  const { version, keyFingerprint: expected } = live.pointer;
  const newInstead = (why: string) => {
    warn(`key-not-reused: ${name} gets a new key: ${why}`);
    return undefined;
  };
  const [stored, revoked] = await Promise.all([
    store.get(archiveKey(name, version, 'privkey')),
    store.get(revokedKey(name)),
  ]);
  try {
    const revocations = parseRevocations(name, revoked?.body);
    if (isCompromised(revocations, expected)) return newInstead(`the one of ${version} is compromised`);
  } catch (error) {
    return newInstead(describeError(error).message);
  }
  const key = new PrivateKeyPem(stored?.body ?? '');
  if (fingerprintOf(key) === expected) return key;
  return newInstead(`the one of ${version} is not its certificate's`);
}

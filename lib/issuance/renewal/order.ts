import { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { isCompromised } from '../../foundation/certificate/revocation.ts';
import { keyFingerprint } from '../../foundation/certificate/verify-issued.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { refusalOf } from '../ca/refusal.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import { orderAnew } from './new-order.ts';
import type { Checked, Ordered, RenewRun } from './phases.ts';
import { invalidOrder } from './prove.ts';
import type { ClaimRecord } from './rules/claim-record.ts';

const TXT_TTL_SECONDS = 60;

/**
 * Orders, or goes on with the order that an earlier run left, and records order, key and what will be written to the DNS
 * in one write: from here on a crash loses nothing.
 */
export async function order(run: RenewRun, renewal: Checked): Promise<Ordered> {
  const left = await resume(run, renewal);
  const { order, key } = left ?? (await orderAnew(run, renewal));
  const authorizations = await Promise.all(
    order.authorizations.map((url) => run.authority.authorization(url)),
  );
  const open = authorizations.filter(({ status }) => status === 'pending');
  const proofs = isPersistent(renewal.wanted)
    ? []
    : open.map((authorization) => txtEdit(renewal, authorization));
  const edits = [...proofs, ...renewal.caaEdits];
  const recorded = renewal.claim.recorded.order;
  await renewal.claim.record({
    order: {
      ...(recorded?.url === order.url && recorded),
      url: order.url,
      key: key.reveal(),
      request: requestOf(run, renewal),
    },
    records: mergeRecords(renewal, edits),
  });
  return { ...renewal, order, key, resumed: left !== undefined, open, edits };
}

/** What an order is for: one that was left open is gone on with only while the same is wanted. */
function requestOf({ authority }: RenewRun, { wanted, live }: Checked): string {
  return JSON.stringify([
    authority.directoryUrl,
    [...wanted.names].sort(),
    wanted.key,
    wanted.profile ?? null,
    // With the key of before, an order that was carried out is told by the version that it replaced.
    ...(wanted.reuseKey ? [live?.pointer.version ?? null] : []),
  ]);
}

async function resume(
  run: RenewRun,
  renewal: Checked,
): Promise<{ order: Order; key: PrivateKeyPem } | undefined> {
  const left = renewal.claim.recorded.order;
  if (left?.request !== requestOf(run, renewal)) return undefined;
  const key = new PrivateKeyPem(left.key);
  const fingerprint = fingerprintOf(key);
  if (fingerprint === undefined || isCompromised(renewal.revocations, fingerprint)) return undefined;
  // Its certificate is live already; the worker died, or could not clean up, after the commit.
  if (!renewal.wanted.reuseKey && fingerprint === renewal.live?.pointer.keyFingerprint) return undefined;
  try {
    const order = await run.authority.order(left.url);
    if (order.status !== 'invalid') return { order, key };
    // The worker that proved it died before it could count this.
    const refusal = refusalOf(await invalidOrder(run, { ...renewal, order }));
    run.deps.limits.learn(refusal, renewal.wanted.names);
    return undefined;
  } catch (error) {
    if (error instanceof AcmeError && isOfKind(error.reason, 'order-unknown')) return undefined;
    throw error;
  }
}

/** `undefined` for a key that was damaged: its order can never be finalized again. */
function fingerprintOf(key: PrivateKeyPem): string | undefined {
  try {
    return keyFingerprint(key);
  } catch {
    return undefined;
  }
}

export function txtEdit(
  { challengeTargets, name }: Checked,
  { identifier, challenge }: Authorization,
): PlacedEdit {
  const target = challengeTargets.get(identifier);
  if (!target || !challenge)
    throw new AcmeError(
      'dns-01-not-offered',
      `the CA offers no dns-01 challenge for ${identifier} of ${name}`,
    );
  const { zoneId, zoneName } = target;
  return {
    zoneId,
    zoneName,
    edit: {
      name: target.name,
      type: 'TXT',
      add: [`"${challenge.txtValue}"`],
      remove: [],
      ttl: TXT_TTL_SECONDS,
    },
  };
}

/** What an earlier run may have left in the DNS stays recorded until it is removed. */
export function mergeRecords(
  { claim, wanted }: Checked,
  edits: readonly PlacedEdit[],
): ClaimRecord['records'] {
  const added = edits.map(({ zoneId, edit: { name, type, add, ttl } }) => ({
    zoneId,
    name,
    type,
    values: [...add],
    ttl,
    zoneRole: wanted.zoneRole,
  }));
  const known = new Set(added.map((record) => JSON.stringify(record)));
  const left = claim.recorded.records;
  return [...left.filter((record) => !known.has(JSON.stringify(record))), ...added];
}

import { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { isCompromised } from '../../foundation/certificate/revocation.ts';
import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { isGone, refusalOf } from '../ca/refusal.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import { fingerprintOf, newOrder } from './new-order.ts';
import type { Checked, Ordered, RenewRun } from './phases.ts';
import { invalidOrder } from './prove.ts';
import type { ClaimRecord } from './rules/claim-record.ts';

const TXT_TTL_SECONDS = 60;

/**
 * Orders, or resumes the order of an earlier run, and records the order, its key and what will be written to the DNS in one
 * write: from here on a crash loses nothing.
 */
export async function order(run: RenewRun, renewal: Checked): Promise<Ordered> {
  const { claim, wanted, caaEdits } = renewal;
  const left = await resume(run, renewal);
  const { order, key } = left ?? (await newOrder(run, renewal));
  const { url } = order;
  const authorizations = await Promise.all(
    order.authorizations.map((authorization) => run.authority.authorization(authorization)),
  );
  const open = authorizations.filter(({ status }) => status === 'pending');
  const proofs = isPersistent(wanted) ? [] : open.map((authorization) => txtEdit(renewal, authorization));
  const edits = [...proofs, ...caaEdits];
  const recorded = claim.recorded.order?.url === url && claim.recorded.order;
  await claim.record({
    order: { ...recorded, url, key: key.reveal(), request: requestOf(run, renewal) },
    records: mergeRecords(renewal, edits),
  });
  return { ...renewal, order, key, resumed: left !== undefined, open, edits };
}

/** What an order is for: an open order is resumed only while the same is wanted. */
function requestOf({ authority }: RenewRun, { wanted, live }: Checked): string {
  return JSON.stringify([
    authority.directoryUrl,
    [...wanted.names].sort(),
    wanted.key,
    wanted.profile ?? null,
    // With a reused key, only the version that it replaced shows that an order has been carried out.
    ...(wanted.reuseKey ? [live?.pointer.version ?? null] : []),
  ]);
}

async function resume(
  run: RenewRun,
  renewal: Checked,
): Promise<{ order: Order; key: PrivateKeyPem } | undefined> {
  const { claim, live, name, revocations, wanted } = renewal;
  const left = claim.recorded.order;
  if (left?.request !== requestOf(run, renewal)) return undefined;
  const key = new PrivateKeyPem(left.key);
  const fingerprint = fingerprintOf(key);
  // An order whose key is damaged can never be finalized.
  if (fingerprint === undefined || isCompromised(revocations, fingerprint)) return undefined;
  // Its certificate is live already; the worker died, or could not clean up, after the commit.
  if (!wanted.reuseKey && fingerprint === live?.pointer.keyFingerprint) return undefined;
  try {
    const order = await run.authority.order(left.url);
    if (order.status !== 'invalid') return { order, key };
    // The worker that proved it died before it could count this.
    run.deps.limits.learn(refusalOf(await invalidOrder(run, name, order)), wanted.names);
    return undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function txtEdit({ challengeTargets, name }: Checked, { identifier, challenge }: Authorization): PlacedEdit {
  const target = challengeTargets.get(identifier);
  if (!target || !challenge)
    throw new AcmeError(
      'dns-01-not-offered',
      `the CA offers no dns-01 challenge for ${identifier} of ${name}`,
    );
  const add = [`"${challenge.txtValue}"`];
  const edit = { name: target.name, type: 'TXT', add, remove: [], ttl: TXT_TTL_SECONDS } as const;
  return { zoneId: target.zoneId, zoneName: target.zoneName, edit };
}

/** Records that an earlier run may have left in the DNS stay recorded until they are removed. */
function mergeRecords({ claim, wanted }: Checked, edits: readonly PlacedEdit[]): ClaimRecord['records'] {
  const { zoneRole } = wanted;
  const added = edits.map(({ zoneId, edit: { name, type, add, ttl } }) => ({
    zoneId,
    name,
    type,
    values: [...add],
    ttl,
    zoneRole,
  }));
  const known = new Set(added.map((record) => JSON.stringify(record)));
  const left = claim.recorded.records;
  return [...left.filter((record) => !known.has(JSON.stringify(record))), ...added];
}

import { challengeName } from '../../foundation/certificate/domain-name.ts';
import { leafIn } from '../../foundation/certificate/pointer-match.ts';
import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { CertificateError } from '../../foundation/certificate/verify-issued.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { isGone, refusalOf } from '../ca/refusal.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import { isUsable } from './await-order.ts';
import { NotDueError } from './claim-certificate.ts';
import { cleanUp } from './clean-up.ts';
import { newOrder } from './new-order.ts';
import type { BatchDeps, Checked, Ordered, RenewRun } from './phases.ts';
import { invalidOrder } from './prove.ts';
import type { ClaimRecord } from './rules/claim-record.ts';
import { fingerprintOf, openOrder, requestOf } from './rules/open-order.ts';

const TXT_TTL_SECONDS = 60;
/** Where a CNAME leads, other certificates' proofs follow: a CA that keeps an old answer for longer would miss them. */
const SHARED_TTL_SECONDS = 1;

/**
 * Orders, or resumes the order of an earlier run, and records the order, its key and what will be written to the DNS in one
 * write: from here on a crash loses nothing.
 */
export async function order(run: RenewRun, renewal: Checked): Promise<Ordered> {
  const { claim, wanted, live, caaEdits } = renewal;
  const left = await resume(run, renewal);
  const { order, key } = left ?? (await newOrder(run, renewal));
  const { url } = order;
  const open = left?.open ?? (await openAuthorizations(run, renewal, order));
  const proofs = isPersistent(wanted) ? [] : open.map((authorization) => txtEdit(renewal, authorization));
  const edits = [...proofs, ...caaEdits];
  const recorded = claim.recorded.order?.url === url ? claim.recorded.order : undefined;
  const at = recorded?.at ?? run.deps.clock().toISOString();
  const request = requestOf({ ca: run.deps.ca, wanted, live: live?.pointer });
  await claim.record({
    order: { ...recorded, url, key: key.reveal(), request, at },
    records: mergeRecords(renewal, edits),
  });
  claim.orderAsked = true;
  // An earlier worker may have answered the challenges.
  claim.lookedAt = left !== undefined && open.length > 0;
  return { ...renewal, order, key, resumed: left !== undefined, open, edits };
}

/** Those that have to be proved. Throws what ended the order: a refused proof, or an authorization that cannot be used. */
async function openAuthorizations(run: RenewRun, renewal: Checked, order: Order): Promise<Authorization[]> {
  if (order.status !== 'pending') return [];
  const all = await Promise.all(order.authorizations.map((url) => run.authority.authorization(url)));
  if (!all.every((one) => isUsable(one, renewal.wanted))) throw await invalidOrder(run, renewal, order);
  return all.filter(({ status }) => status === 'pending');
}

type Resumed = Pick<Ordered, 'order' | 'key' | 'open'>;

/** Goes on with the recorded order; `undefined` where there is none, or nothing can come of it any more. */
async function resume(run: RenewRun, renewal: Checked): Promise<Resumed | undefined> {
  const { claim, live, revocations, wanted } = renewal;
  const { ca, clock, limits } = run.deps;
  const subject = { ca, wanted, live: live?.pointer, revocations, now: clock() };
  const recorded = openOrder(claim.recorded.order, subject);
  if (!recorded) return undefined;
  const { url, key } = recorded;
  let order: Order | undefined;
  try {
    claim.orderAsked = true;
    order = await run.authority.order(url);
    if (order.status === 'invalid') throw await invalidOrder(run, renewal, order);
    if (order.status === 'valid') {
      await claim.countAnew();
      await requireOwn(run, order, key);
    }
    return { order, key, open: await openAuthorizations(run, renewal, order) };
  } catch (error) {
    const { unproved = [], orderEnded } = refusalOf(error);
    const isRefusedNow = order?.status === 'pending' && unproved.length > 0;
    const isOver = orderEnded || isGone(error) || error instanceof CertificateError;
    if (isRefusedNow || !isOver) throw error;
    // The worker that proved it died before it could count this.
    limits.learn(refusalOf(error), wanted.names);
    if (renewal.reason === 'order-open') await forgetOrder(run.deps, renewal, describeError(error).message);
    claim.orderAsked = false;
    return undefined;
  }
}

/**
 * A CA gives one order to all that ask for the same names: while this certificate waited to try again, another may have
 * finalized it with its own key. What cannot be read is asked for again by `finalize`.
 */
async function requireOwn({ authority }: RenewRun, order: Order, key: PrivateKeyPem): Promise<void> {
  const [chain] = await authority.certificate(order);
  const leaf = leafIn(chain);
  if (leaf && leaf.keyFingerprint !== fingerprintOf(key))
    throw new CertificateError('key-mismatch', `order ${order.url} was finalized with another key`);
}

/** Ends a renewal whose only reason was an open order: nothing is ordered anew for it. */
async function forgetOrder(deps: BatchDeps, renewal: Checked, why: string): Promise<never> {
  const { claim, name } = renewal;
  await claim.record({ order: undefined });
  await cleanUp(deps, [claim]);
  throw new NotDueError('no-longer-due', `${name} is not due, and its open order is over: ${why}`);
}

function txtEdit({ challengeTargets, name }: Checked, { identifier, challenge }: Authorization): PlacedEdit {
  const target = challengeTargets.get(identifier);
  if (!target || !challenge)
    throw new AcmeError(
      'dns-01-not-offered',
      `the CA offers no dns-01 challenge for ${identifier} of ${name}`,
    );
  const add = [`"${challenge.txtValue}"`];
  const ttl = target.name === challengeName(identifier) ? TXT_TTL_SECONDS : SHARED_TTL_SECONDS;
  const edit = { name: target.name, type: 'TXT', add, remove: [], ttl } as const;
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

import { readOnce } from '../../foundation/bucket/read-once.ts';
import type { FoundPointer } from '../../foundation/bucket/read-pointer.ts';
import { instantOf } from '../../foundation/certificate/lineage.ts';
import { archivePrefix, renewalKey, stateKey } from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type Wanted } from '../../foundation/certificate/renewal-file.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { RenewalDue } from '../../foundation/events/events.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import { Claim } from './claim.ts';
import { versionsOf } from './find-upkeep.ts';
import { orderLimitFacts, readStored, renewalFacts } from './gather-facts.ts';
import type { BatchDeps, Claimed } from './phases.ts';
import { findPin, heldPin } from './read-pin.ts';
import {
  decideRenewal,
  decideRepair,
  isRepair,
  type UpkeepReason,
  wishesOf,
} from './rules/decide-renewal.ts';
import { openOrder } from './rules/open-order.ts';
import { ISSUANCE_WINDOW, requireOrderAllowed } from './rules/order-limit.ts';
import { setAside } from './set-aside.ts';
import { soundPointer } from './sound-pointer.ts';

/** The certificate needs nothing any more: the message came twice, or late. */
export class NotDueError extends PerennialError<'no-longer-due'> {
  override readonly name = 'NotDueError';
}

/** A certificate of a batch, with the batch's zone role and CA. */
type DueOne = RenewalDue['certificates'][number] & Pick<RenewalDue, 'zoneRole' | 'ca'>;

type Assessed = Omit<Claimed, 'name' | 'claim'>;

/** Upkeep that a message can ask for; a lost pointer is found by reading it. */
const UPKEEP: UpkeepReason[] = ['state-unreadable', 'copies-behind', 'old-versions'];

/** Claims one certificate, then assesses it again: messages are hints, the stored objects decide. */
export async function claimCertificate(deps: BatchDeps, due: DueOne, owner: string): Promise<Claimed> {
  const claim = await Claim.claim(deps, due.name, owner);
  try {
    const assessed = await reassess(deps, due, claim);
    if (assessed.action === 'renew') await claim.lockOrder(await orderOf(deps, due.ca, assessed));
    return { name: due.name, claim, ...assessed };
  } catch (error) {
    await (claim.leftOpen ? claim.leaveForLater() : claim.release()).catch((trouble) =>
      deps.warn(`could not give back the claim on ${claim.name}: ${String(trouble)}`),
    );
    throw error;
  }
}

/** What is ordered. Where a version is younger than a week its lock is still there, with when that was issued. */
async function orderOf({ clock }: BatchDeps, ca: string, { archived, wanted }: Assessed) {
  const { name, names } = wanted;
  const since = clock().getTime() - ISSUANCE_WINDOW;
  const versions = await versionsOf(archived, name);
  return { ca, names, perhapsThere: versions.some(({ version }) => instantOf(version).getTime() > since) };
}

async function reassess(deps: BatchDeps, due: DueOne, { leftOpen, recorded }: Claim): Promise<Assessed> {
  const { store, stack, clock, limits, pinned } = deps;
  const { name, reason, replacing, zoneRole, ca, ignoreBudget = false } = due;
  const archived = readOnce(store);
  const [file, { found, state, stateRead, spoilt, revocations }] = await Promise.all([
    store.get(renewalKey(name)),
    readStored(store, name, { now: clock() }),
    archived.list(archivePrefix(name)),
    limits.read,
    // Without a live version no pin counts.
    replacing === null ? undefined : pinned(),
  ]);
  if (spoilt) {
    const { body, etag } = spoilt;
    await setAside(deps, { key: stateKey(name), body, reason: 'state-malformed' });
    await store.remove(stateKey(name), { etag });
  }
  if ((found?.pointer?.version ?? null) !== replacing)
    throw new NotDueError('no-longer-due', `${name} was renewed meanwhile`);
  if (!file && (leftOpen || reason === 'outlived'))
    return { ...retired(name, found, reason), state, archived };
  if (reason === 'outlived') throw new NotDueError('no-longer-due', `${name} has a renewal file again`);
  // Whoever claimed it to remove it died before it had done anything.
  if (!file && reason === 'left-open')
    throw new NotDueError('no-longer-due', `nothing of ${name} is left open`);
  if (!file) throw new InputError('renewal-file-missing', `renewal/${name}.json was removed meanwhile`);
  const wanted = parseRenewalFile(file.body, name, stack);
  if (wanted.zoneRole !== zoneRole)
    throw new NotDueError('no-longer-due', `${name} was given another zone role; the next scan takes it up`);
  if (!casOf(wanted, stack).includes(ca))
    throw new NotDueError('no-longer-due', `${name} was given another CA; the next scan takes it up`);
  const { rebuilt, ...sound } = await soundPointer(
    deps,
    { wanted, revocations, archived, staysLive: isRepair(reason) },
    found,
  );
  const now = clock();
  const live = sound.live?.pointer;
  const mayBePinned = live !== undefined && (await pinned()).has(name);
  const about = { live, names: wanted.names, revocations, state, now };
  const pin = mayBePinned ? heldPin(await findPin(store, name, about)) : undefined;
  const facts = renewalFacts(
    {
      wanted,
      live,
      state,
      revocations,
      forced: reason === 'forced',
      leftOpen,
      pin,
      orderOpen: openOrder(recorded.order, { ca, wanted, live, revocations, now }) !== undefined,
      caaDrifted: reason === 'caa-drifted',
      upkeep: rebuilt ? 'pointer-lost' : UPKEEP.find((upkeep) => upkeep === reason),
      now,
    },
    stack,
  );
  const { renewal } = wishesOf(facts);
  // A requested repair means that the renewal has to wait. A lost pointer does not, and `scan` cannot see an open order.
  const asksRepair = isRepair(reason) && reason !== 'pointer-lost' && renewal !== 'order-open';
  const decision = (asksRepair && decideRepair(facts)) || decideRenewal(facts);
  if (decision.action === 'wait') throw new NotDueError('no-longer-due', `${name} is not due any more`);
  if (decision.action === 'renew') {
    const resumes = recorded.order !== undefined;
    // Recent issuances are checked right before the order.
    const known = { limits: limits.known(), issued: [], issuedToOthers: [] };
    const order = { ...known, reason: decision.reason, ignoreBudget, resumes };
    requireOrderAllowed(orderLimitFacts(facts, order));
  }
  const { action } = decision;
  const why = action === 'mend' || renewal === 'order-open' ? decision.reason : reason;
  const renewalIsDue = renewal !== undefined;
  return {
    wanted,
    ...sound,
    // A version that was archived again is not in the list.
    archived: rebuilt ? readOnce(store) : archived,
    reason: why,
    state,
    stateRead,
    revocations,
    pin,
    action,
    renewalIsDue,
    ignoreBudget,
  };
}

/** Without a renewal file, the records of an earlier worker are removed and, long after its end, the certificate. */
function retired(name: string, found: FoundPointer | undefined, why: string): Omit<Assessed, 'archived'> {
  const { names = [], key = 'ecdsa-p256', hosts = [], serverNames = [] } = found?.pointer ?? {};
  const wanted: Wanted = { name, names, key, hosts, serverNames, caa: { mode: 'off', restrict: false } };
  const live = found?.pointer && { pointer: found.pointer, etag: found.etag };
  const reason = why === 'outlived' ? why : 'left-open';
  const left = { action: 'mend', reason, renewalIsDue: false, ignoreBudget: false } as const;
  return { wanted, live, pointerEtag: found?.etag, state: undefined, revocations: [], ...left };
}

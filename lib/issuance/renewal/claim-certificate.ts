import type { StoredObject } from '../../foundation/bucket/object-store.ts';
import type { FoundPointer } from '../../foundation/bucket/read-pointer.ts';
import { renewalKey, stateKey } from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type Wanted } from '../../foundation/certificate/renewal-file.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { RenewalDue } from '../../foundation/events/events.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import { Claim } from './claim.ts';
import type { RenewDeps } from './deps.ts';
import { orderLimitFacts, readStored, renewalFacts } from './gather-facts.ts';
import type { BatchDeps, Claimed } from './phases.ts';
import { decideRenewal, type UpkeepReason } from './rules/decide-renewal.ts';
import { requireOrderAllowed } from './rules/order-limit.ts';
import { setAside } from './set-aside.ts';
import { soundPointer } from './sound-pointer.ts';

/** The certificate needs nothing any more: a message that came twice, or late. */
export class NotDueError extends PerennialError<'no-longer-due'> {
  override readonly name = 'NotDueError';

  constructor(seen: string) {
    super('no-longer-due', seen);
  }
}

/** A certificate of a batch, with the batch's zone role and CA. */
type DueOne = RenewalDue['certificates'][number] & Pick<RenewalDue, 'zoneRole' | 'ca'>;

/** What is found when a certificate is looked at again; a reason takes the place of the message's. */
type Again = Omit<Claimed, 'name' | 'claim' | 'reason'> & Partial<Pick<Claimed, 'reason'>>;

/** Upkeep that a message can ask for; that a pointer is lost is seen by the pointer itself. */
const UPKEEP: UpkeepReason[] = ['state-unreadable', 'copies-behind', 'old-versions'];

/** Claims one certificate, then looks at it again: messages are hints, what is stored decides. */
export async function claimCertificate(deps: BatchDeps, due: DueOne, owner: string): Promise<Claimed> {
  const claim = await Claim.claim(deps, due.name, owner);
  try {
    const found = await reassess(deps, due, claim);
    const { names, profile } = found.wanted;
    if (found.action === 'renew') await claim.lockOrder({ ca: due.ca, names, profile });
    return { name: due.name, reason: due.reason, claim, ...found };
  } catch (error) {
    await returnClaim(claim, deps);
    throw error;
  }
}

async function reassess(deps: BatchDeps, due: DueOne, { leftOpen, recorded }: Claim): Promise<Again> {
  const { store, stack, clock, limits } = deps;
  const { name, reason, replacing, zoneRole, ca, ignoreBudget = false } = due;
  const [file, { found, state, spoilt, revocations }] = await Promise.all([
    store.get(renewalKey(name)),
    readStored(store, name),
  ]);
  if (spoilt) await setStateAside(deps, name, spoilt);
  if ((found?.pointer?.version ?? null) !== replacing) throw new NotDueError(`${name} was renewed meanwhile`);
  if (!file && leftOpen) return retired(name, found);
  if (!file) throw new InputError('renewal-file-missing', `renewal/${name}.json was removed meanwhile`);
  const wanted = parseRenewalFile(file.body, name, stack);
  if (wanted.zoneRole !== zoneRole)
    throw new NotDueError(`${name} was given another zone role; the next scan takes it up`);
  if (!casOf(wanted, stack).includes(ca))
    throw new NotDueError(`${name} was given another CA; the next scan takes it up`);
  const { rebuilt, ...sound } = await soundPointer(deps, wanted, found);
  const { live } = sound;
  const facts = renewalFacts(
    {
      wanted,
      live: live?.pointer,
      state,
      revocations,
      forced: reason === 'forced',
      leftOpen,
      caaDrifted: reason === 'caa-drifted',
      upkeep: rebuilt ? 'pointer-lost' : UPKEEP.find((upkeep) => upkeep === reason),
      now: clock(),
    },
    stack,
  );
  const decision = decideRenewal(facts);
  if (decision.action === 'wait') throw new NotDueError(`${name} is not due any more`);
  if (decision.action === 'renew') {
    const resumes = recorded.order !== undefined;
    // What was issued lately is asked right before the order.
    const order = { reason: decision.reason, limits: limits.known, issued: [], ignoreBudget, resumes };
    requireOrderAllowed(orderLimitFacts(facts, order));
  }
  const why = rebuilt && decision.action === 'mend' ? { reason: 'pointer-lost' } : {};
  return { wanted, ...sound, state, revocations, action: decision.action, ignoreBudget, ...why };
}

/** A state that cannot be read is kept aside, and nothing is remembered any more. */
async function setStateAside(deps: RenewDeps, name: string, { body, etag }: StoredObject): Promise<void> {
  const key = stateKey(name);
  await setAside(deps, { key, body, reason: 'state-malformed' });
  await deps.store.remove(key, { etag });
}

/** Without a renewal file only what an earlier worker left in the DNS is swept; certificate and hosts stay as they are. */
function retired(name: string, found: FoundPointer | undefined): Again {
  const { names = [], key = 'ecdsa-p256', hosts = [], serverNames = [] } = found?.pointer ?? {};
  const wanted: Wanted = { name, names, key, hosts, serverNames, caa: { mode: 'off', restrict: false } };
  const live = found?.pointer && { pointer: found.pointer, etag: found.etag };
  const ignoreBudget = false;
  const left = { action: 'mend', reason: 'left-open' } as const;
  return { wanted, live, pointerEtag: found?.etag, state: undefined, revocations: [], ignoreBudget, ...left };
}

async function returnClaim(claim: Claim, { warn }: RenewDeps): Promise<void> {
  try {
    await (claim.leftOpen ? claim.leaveForLater() : claim.release());
  } catch (error) {
    warn(`could not give back the claim on ${claim.name}: ${String(error)}`);
  }
}

import { casOf } from '../../core/ca-list.ts';
import { decideRenewal } from '../../core/decide-renewal.ts';
import type { RenewalDue } from '../../core/facts.ts';
import { InputError } from '../../core/input-error.ts';
import { renewalKey } from '../../core/object-keys.ts';
import { parseRenewalFile } from '../../core/renewal-file.ts';
import { readLive, readState } from '../read-objects.ts';
import type { Claimed, RenewDeps } from './context.ts';
import { Lease } from './lease.ts';

/** The certificate needs nothing any more: a message that came twice, or late. */
export class NotDueError extends Error {
  override readonly name = 'NotDueError';
  readonly reason = 'no-longer-due';
}

/** A certificate of a batch, with the batch's zone role and CA. */
type DueOne = RenewalDue['certificates'][number] & Pick<RenewalDue, 'zoneRole' | 'ca'>;

/** Claims one certificate, then looks at it again: messages are hints, what is stored decides. */
export async function claim(deps: RenewDeps, due: DueOne, owner: string): Promise<Claimed> {
  const lease = await Lease.claim(deps.store, due.name, owner);
  try {
    const found = await lookAgain(deps, due, lease);
    const { names, profile } = found.wanted;
    if (found.action === 'renew') await lease.fence({ ca: due.ca, names, profile });
    return { name: due.name, reason: due.reason, lease, ...found };
  } catch (error) {
    await giveBack(lease, deps);
    throw error;
  }
}

async function lookAgain(
  { store, stack, clock }: RenewDeps,
  { name, reason, replacing, zoneRole, ca }: DueOne,
  { leftOpen }: Lease,
) {
  const [file, live, state] = await Promise.all([
    store.get(renewalKey(name)),
    readLive(store, name),
    readState(store, name),
  ]);
  if (!file) throw new InputError('renewal-file-missing', `renewal/${name}.json was removed meanwhile`);
  const wanted = parseRenewalFile(file.body, name, stack);
  if (wanted.zoneRole !== zoneRole)
    throw new NotDueError(`${name} was given another zone role; the next scan takes it up`);
  if (!casOf(wanted, stack).includes(ca))
    throw new NotDueError(`${name} was given another CA; the next scan takes it up`);
  if ((live?.pointer.version ?? null) !== replacing) throw new NotDueError(`${name} was renewed meanwhile`);
  const forced = reason === 'forced';
  const decision = decideRenewal({
    wanted,
    live: live?.pointer,
    state,
    forced,
    leftOpen,
    caaDrifted: reason === 'caa-drifted',
    defaultCa: stack.defaultCa,
    fallbackCas: stack.fallbackCas,
    now: clock(),
  });
  if (decision.action === 'wait') throw new NotDueError(`${name} is not due any more`);
  return { wanted, live, state, action: decision.action };
}

async function giveBack(lease: Lease, { warn }: RenewDeps): Promise<void> {
  try {
    await (lease.leftOpen ? lease.leaveForLater() : lease.release());
  } catch (error) {
    warn(`could not give back the claim on ${lease.name}: ${String(error)}`);
  }
}

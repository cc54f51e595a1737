import { SECOND } from '../../foundation/common/durations.ts';
import { commit } from './commit.ts';
import { writeCopies } from './copies.ts';
import { orWarn } from './deps.ts';
import { finalize } from './finalize.ts';
import { order } from './order.ts';
import { eventsOf } from './outcome.ts';
import {
  type Checked,
  type Claimed,
  type Committed,
  inParallel,
  type Ordered,
  type RenewRun,
  runPhase,
} from './phases.ts';
import { preCheck } from './pre-check.ts';
import { provedInTurns } from './turns.ts';

/** Takes the claimed certificates to the moved pointer, phase by phase over the whole batch. */
export async function issue(run: RenewRun, claimed: readonly Claimed[]): Promise<Committed[]> {
  const checked = await preCheck(run, claimed);
  const ordered = await orderAll(run, checked);
  const committing: Promise<Committed[]>[] = [];
  // Each certificate continues by itself, so that the CA and the store are busy at the same time.
  for await (const proved of provedInTurns(run, ordered))
    committing.push(runPhase(run, proved, async (renewal) => commit(run, await finalize(run, renewal))));
  const committed = (await Promise.all(committing)).flat();
  await Promise.all([announce(run, committed), copyAll(run, committed), unlockAll(run, committed)]);
  return committed;
}

/** The first goes alone: if the CA refuses it for the account, the others do not ask. */
async function orderAll(run: RenewRun, [first, ...others]: readonly Checked[]): Promise<Ordered[]> {
  if (!first) return [];
  const orderOne = (renewal: Checked) => order(run, renewal);
  return [...(await runPhase(run, [first], orderOne)), ...(await runPhase(run, others, orderOne))];
}

/** The pointer has moved already: the next scan makes up for an event that is lost here. */
async function announce({ deps, begun }: RenewRun, committed: readonly Committed[]): Promise<void> {
  const seconds = (deps.clock().getTime() - begun.getTime()) / SECOND;
  const events = eventsOf(committed, seconds);
  await orWarn(deps, 'could not announce the renewals', () => deps.events.publish(events));
}

/** The copies are written under the claim, but others may order the same names by now. */
async function unlockAll({ deps }: RenewRun, committed: readonly Committed[]): Promise<void> {
  await inParallel(committed, ({ name, claim }) =>
    orWarn(deps, `the order of ${name} is locked a little longer`, () => claim.unlockOrder()),
  );
}

async function copyAll({ deps }: RenewRun, committed: readonly Committed[]): Promise<void> {
  await inParallel(committed, (renewal) =>
    orWarn(deps, `the copies in live/${renewal.name}/ lag behind`, () => writeCopies(deps.store, renewal)),
  );
}

import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { Plan, PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { decider } from '../follow/decide.ts';
import { type Followed, followRenewal, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { settledByPlan } from '../follow/settled-by-plan.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { type DeployedStack, findStack } from '../stack/find-stack.ts';
import { invoke } from '../stack/functions.ts';
import { suggestionsFor } from '../stack/similar-name.ts';

export interface RenewOptions extends GlobalOptions {
  force?: boolean;
  /** Beside `force`: although our own budget for the certificate is spent. */
  ignoreBudget?: boolean;
  /** Seconds. */
  limit: string;
}

/** `perennial-tls renew`: has what is due renewed, or with --force what is named, and follows it to the hosts. */
export async function renew(
  names: string[],
  { stage, force = false, ignoreBudget = false, limit, json = false }: RenewOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(limit);
  const wanted = [...new Set(names)];
  const everything = wanted.length === 1 && wanted[0] === '*';
  if (force && wanted.length === 0)
    throw new CommandError('force-needs-names', '--force needs the names of certificates, or "*" for all');
  if (ignoreBudget && !force)
    throw new CommandError('budget-needs-force', '--ignore-budget is for renewals by --force');
  if (!everything) for (const name of wanted) renewalKey(name);
  const stack = await findStack(stage);
  const deps = openFollow(stack);
  const plan = await invoke<Plan>(stack, 'scan', { start: 'plan' });
  const before = await lookBefore(deps, expectedOf(plan, everything ? [] : wanted, force));
  const deadline = performance.now() + limitMs;
  const decide = decider(stack, { forced: force, ignoreBudget });
  const { certificates: done, left = 0 } = await start(stack, everything ? [] : wanted, {
    force,
    ignoreBudget,
  });
  const renewing = done.filter(({ action }) => action === 'renew').map(({ name }) => name);
  const followed = await followAll(
    renewing,
    (name, watch) =>
      followRenewal(deps, name, { before: before.get(name) ?? nothingBefore, deadline, decide, ...watch }),
    { silent: json },
  );
  const isNamed = wanted.length > 0 && !everything;
  const others = done.filter((planned) => planned.action !== 'renew' && (isNamed || isHeldUp(planned)));
  const missing = others.flatMap(({ name, reason }) => (reason === 'renewal-file-missing' ? name : []));
  const settled = settledAll(others, { left, force, ignoreBudget });
  return followedAnswer('renew', [...followed, ...settled], await suggestionsFor(deps.store, missing));
}

/** Who names none wants what is due: what is not needs no word, and what is due and held up does. */
export function isHeldUp(planned: PlannedCertificate): boolean {
  if (planned.action === 'mend') return planned.heldUp !== undefined;
  const isWaiting =
    planned.action === 'wait' && (planned.reason !== 'not-due' || planned.revoked !== undefined);
  return planned.action === 'reject' || isWaiting;
}

/** What came of those that scan does not renew, and of those that its answer had no room for. */
export function settledAll(
  planned: readonly PlannedCertificate[],
  { left, ...force }: Force & { left: number },
): Followed[] {
  const settled = planned.map((one) => settledOf(one, force));
  // Those with something to do come first, so that without force what is left only waits.
  return force.force && left > 0 ? [...settled, notFollowed(left)] : settled;
}

/** What came of a certificate that scan does not renew. */
export function settledOf(planned: PlannedCertificate, { force, ignoreBudget }: Force): Followed {
  const { name, reason } = planned;
  const { outcome, message } = settledByPlan(planned, undefined) ?? { outcome: 'waits', message: reason };
  // What was asked for by force, and was not done, did not come to what was asked.
  const end = force && outcome === 'not-due' ? 'waits' : outcome;
  const way = wayOut(reason, { force, ignoreBudget });
  return { name, outcome: end, message: way === '' ? message : `${message}; ${way}`, hosts: [] };
}

/** Those that were begun too, and that the answer of scan had no room for. */
function notFollowed(left: number): Followed {
  const message = 'began too, and were not followed: scan has no room for them in its answer; see status';
  return { name: `${left} more`, outcome: 'waits', message, hosts: [] };
}

function wayOut(reason: string, { force, ignoreBudget }: Force): string {
  if (reason === 'not-due' && !force) return '--force renews it anyway';
  if (reason === 'budget-spent' && !ignoreBudget)
    return '--force --ignore-budget orders it although the budget is spent';
  if (reason === 'backing-off' && !force) return '--force tries it at once';
  return '';
}

interface Force {
  force: boolean;
  ignoreBudget: boolean;
}

const nothingBefore = { version: undefined, failedAt: undefined, reportedAt: new Map<string, string>() };

/** Those that may be renewed, so that what stands there before is known. */
function expectedOf(plan: Plan, wanted: readonly string[], force: boolean): string[] {
  if (wanted.length > 0) return [...wanted];
  return plan.certificates.filter(({ action }) => force || action === 'renew').map(({ name }) => name);
}

/** Starts scan: for all that is due, or for those named; by force, whatever their age. */
async function start(
  stack: DeployedStack,
  wanted: readonly string[],
  { force, ignoreBudget }: Force,
): Promise<Plan> {
  const names = wanted.length > 0 ? wanted : '*';
  const due = names === '*' ? { start: 'hourly-check' } : { start: 'check', names };
  const forced = { start: 'force', names, ignoreBudget };
  return invoke<Plan>(stack, 'scan', force ? forced : due);
}

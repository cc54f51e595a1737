import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { Plan, PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { decider } from '../follow/decide.ts';
import { followRenewal, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { type DeployedStack, findStack } from '../stack/find-stack.ts';
import { invoke } from '../stack/functions.ts';

export interface RenewOptions extends GlobalOptions {
  force?: boolean;
  /** Seconds. */
  limit: string;
}

/** `perennial renew`: has what is due renewed, or with --force what is named, and follows it to the hosts. */
export async function renew(
  names: string[],
  { stage, force = false, limit, json = false }: RenewOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(limit);
  const wanted = [...new Set(names)];
  const everything = wanted.length === 1 && wanted[0] === '*';
  if (force && wanted.length === 0)
    throw new CommandError('force-needs-names', '--force needs the names of certificates, or "*" for all');
  if (!everything) for (const name of wanted) renewalKey(name);
  const stack = await findStack(stage);
  const deps = openFollow(stack);
  const plan = await invoke<Plan>(stack, 'scan', { start: 'plan' });
  const before = await lookBefore(deps, expectedOf(plan, everything ? [] : wanted, force));
  const deadline = performance.now() + limitMs;
  const decide = decider(stack, { forced: force });
  const done = await start(stack, everything ? [] : wanted, force);
  const renewing = done.filter(({ action }) => action === 'renew').map(({ name }) => name);
  const followed = await followAll(
    renewing,
    (name, say) =>
      followRenewal(deps, name, { before: before.get(name) ?? nothingBefore, deadline, decide, say }),
    { silent: json },
  );
  const others = done.filter(({ action }) => action !== 'renew');
  const rejected = others.some(({ action }) => action === 'reject');
  const answer = followedAnswer(
    'renew',
    followed,
    wanted.length > 0 ? others.map(lineOf) : others.flatMap(troubleOf),
  );
  return { ...answer, ok: answer.ok && !rejected, json: { certificates: followed, others } };
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
  force: boolean,
): Promise<PlannedCertificate[]> {
  const names = wanted.length > 0 ? wanted : '*';
  const due = names === '*' ? { start: 'hourly-check' } : { start: 'check', names };
  return (await invoke<Plan>(stack, 'scan', force ? { start: 'force', names } : due)).certificates;
}

function lineOf(certificate: PlannedCertificate): string {
  const { name, action, reason } = certificate;
  if (certificate.action === 'wait')
    return `${name}: not renewed (${reason}, until ${certificate.until.slice(0, 10)}); --force renews it anyway`;
  return certificate.action === 'reject'
    ? `${name}: ${certificate.message}`
    : `${name}: ${action} (${reason})`;
}

const troubleOf = (certificate: PlannedCertificate) =>
  certificate.action === 'reject' ? [lineOf(certificate)] : [];

import type { CheckSummary } from '../../../foundation/events/events.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import type { SeenEvent } from './seen-event.ts';
import { arise, isHealed, isNobodyThere, keyOf, type Memory, type Trouble } from './trouble.ts';

const MOST_NAMED = 200;
/** The memory holds one list for each host. */
const MOST_OF_A_HOST = 20;

type Failed = Extract<SeenEvent, { 'detail-type': 'Certificate Deployment Failed' }>['detail'];
type Deployed = Extract<SeenEvent, { 'detail-type': 'Certificate Deployed' }>['detail'];

const troubleOf = (memory: Memory, subject: string) =>
  memory.troubles[keyOf({ kind: 'deployment', subject })];

export function ariseDeployment(
  memory: Memory,
  { group: subject, name, ...failed }: Failed,
  at: string,
): void {
  const before = troubleOf(memory, subject);
  const { reason, message } = before && saysLess(failed.reason, before) ? before : failed;
  const failedOn = before ? failuresOf(before) : new Map<string, string[]>();
  for (const { instanceId, outcome } of failed.hosts)
    if (outcome !== 'not-sent' && (failedOn.has(instanceId) || failedOn.size < MOST_NAMED))
      failedOn.set(instanceId, merge(failedOn.get(instanceId), [name], MOST_OF_A_HOST));
  arise(memory, {
    kind: 'deployment',
    subject,
    reason,
    message,
    at,
    names: merge(before?.names, [name], MOST_NAMED),
    hosts: [...failedOn.keys()],
    // A failure before any host was told is healed by none.
    failedOn: failedOn.size > 0 ? Object.fromEntries(failedOn) : undefined,
  });
}

/** What passes by itself hides no failure of another host that somebody has to mend. */
function saysLess(reason: string, before: Trouble): boolean {
  if (isOfKind(reason, 'consequence')) return true;
  const isMended = isHealed(before) || isNobodyThere(before);
  return isOfKind(reason, 'passing') && !isOfKind(before.reason, 'passing') && !isMended;
}

type Away = NonNullable<CheckSummary['groupsAway']>[number];

/** That nobody is there, as a check sees it: of which certificates, a deployment has told, or will. */
export function ariseGroup(
  memory: Memory,
  { group: subject, reason, hosts }: Away,
  { at, region }: { at: string; region: string },
): void {
  const message =
    reason === 'no-hosts'
      ? `no host in ${region} carries the tag perennial-group=${subject}`
      : `no host of group ${subject} is online`;
  const names = troubleOf(memory, subject)?.names ?? [];
  arise(memory, { kind: 'deployment', subject, reason, message, at, names, hosts });
}

/**
 * Takes hosts that have installed a certificate out of their group's trouble. One that comes late leaves a host out until it
 * fails again, an hour later.
 */
export function heal(memory: Memory, { group, name, hosts }: Deployed): void {
  const healed = new Set(hosts.map(({ instanceId }) => instanceId));
  keep(memory, group, (one, host) => one !== name || !healed.has(host));
}

/** Of a group that a check finds nobody behind in, only certificates are left of which it knows nothing. */
export function healChecked(memory: Memory, { at, hostsBehind, rejected, warnings }: CheckSummary): void {
  if (warnings.length > 0 || rejected.count > rejected.items.length) return;
  const unknown = new Set(rejected.items.map(({ name }) => name));
  for (const { kind, subject, at: arose } of Object.values(memory.troubles))
    if (kind === 'deployment' && Date.parse(arose) < Date.parse(at) && !hostsBehind.groups.includes(subject))
      keep(memory, subject, (name) => unknown.has(name));
}

/** That all have installed ends a trouble only with the next check, as others of the group may still be behind. */
function keep(memory: Memory, group: string, isLeft: (name: string, host: string) => boolean): void {
  const before = troubleOf(memory, group);
  if (!before || before.hosts.length === 0 || isNobodyThere(before)) return;
  const left = [...failuresOf(before)]
    .map(([host, names]) => [host, names.filter((name) => isLeft(name, host))] as const)
    .filter(([, names]) => names.length > 0);
  const isNamed = (name: string) =>
    before.hosts.every((host) => isLeft(name, host)) || left.some(([, names]) => names.includes(name));
  memory.troubles[keyOf(before)] = {
    ...before,
    failedOn: Object.fromEntries(left),
    // That it is over is told in the words that it had.
    ...(left.length > 0 && { hosts: left.map(([host]) => host), names: before.names.filter(isNamed) }),
  };
}

function failuresOf({ failedOn, hosts, names }: Trouble): Map<string, string[]> {
  return new Map(failedOn ? Object.entries(failedOn) : hosts.map((host) => [host, names]));
}

function merge(before: readonly string[] = [], more: readonly string[], most: number): string[] {
  return [...new Set([...before, ...more])].slice(0, most);
}

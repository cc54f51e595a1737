import { compareTexts } from '../../foundation/common/compare-texts.ts';
import { minuteOf } from '../../foundation/common/minute-of.ts';
import { inOneLine } from '../../foundation/common/perennial-error.ts';
import type { CheckSummary, Unseen } from '../../foundation/events/events.ts';
import { HEALTHS, isWell, type Judgement, type SeenHost } from './health.ts';
import type { Plan } from './plan.ts';

/** What a check found of a certificate that has a renewal file, or whose clean-up fails. */
export interface Checked {
  name: string;
  /** Share of its life, at most 1, below 0 once expired; `undefined` before the first issuance. */
  lifeLeft: number | undefined;
  notAfter: string | undefined;
  failures: number;
  overdue: boolean;
}

type Judged = Judgement & { name: string; groups: readonly string[] };

const MOST_SOONEST = 10;
/** An event takes 256 KB. */
const MOST_NAMED = 200;
const MOST_REJECTED = 100;
const MOST_UNWELL = 75;
const LONGEST_TROUBLE = 200;
const MOST_HOSTS = 50;
const MOST_WARNINGS = 10;
/** Of a lineage; what was uploaded may be called anything. */
export const LONGEST_NAME = 128;
const LONGEST_MESSAGE = 300;

export function summarizeCheck(
  plan: Pick<Plan, 'start' | 'at' | 'certificates' | 'warnings'> & {
    deployments: readonly Pick<Plan['deployments'][number], 'group' | 'hosts'>[];
    /** Hosts that wait for a window are behind too; a trouble of their group is not over. */
    waiting: readonly Pick<Plan['waiting'][number], 'group'>[];
    groupsOnline: string[];
    listed: ReadonlyMap<string, readonly SeenHost[]>;
    unseen: Unseen;
  },
  checked: readonly Checked[],
  health: readonly Judged[],
): CheckSummary {
  const { start, at, deployments, waiting, groupsOnline, listed, unseen, warnings } = plan;
  const issued = checked.flatMap(({ name, lifeLeft, notAfter }) =>
    lifeLeft === undefined || notAfter === undefined ? [] : [{ name, lifeLeft, notAfter }],
  );
  const namesOf = (some: readonly Checked[]) => some.map(({ name }) => name);
  const rejected = plan.certificates.flatMap((planned) =>
    planned.action === 'reject'
      ? [
          {
            name: planned.name.slice(0, LONGEST_NAME),
            reason: planned.reason,
            message: planned.message.slice(0, LONGEST_MESSAGE),
          },
        ]
      : [],
  );
  return {
    start,
    at,
    certificates: checked.length + rejected.filter(({ reason }) => reason !== 'stray-object').length,
    soonest: issued.sort((a, b) => a.lifeLeft - b.lifeLeft).slice(0, MOST_SOONEST),
    failing: listing(namesOf(checked.filter(({ failures }) => failures > 0)), MOST_NAMED),
    overdue: listing(namesOf(checked.filter(({ overdue }) => overdue)), MOST_NAMED),
    rejected: listing(rejected, MOST_REJECTED),
    hostsBehind: {
      count: new Set(deployments.flatMap(({ hosts }) => hosts)).size,
      groups: [...new Set([...deployments, ...waiting].map(({ group }) => group))],
    },
    groupsOnline,
    groupsAway: groupsAway(listed, health),
    unwell: unwellOf(health.filter((one) => !isWell(one))),
    pinned: listing(
      plan.certificates.flatMap(({ name, pinned }) =>
        pinned ? [{ name, message: pinnedWords(pinned) }] : [],
      ),
      MOST_NAMED,
    ),
    ...((unseen.hosts || unseen.strays || unseen.names.length > 0) && {
      unseen: { ...unseen, names: unseen.names.slice(0, MOST_NAMED) },
    }),
    warnings: warnings.slice(0, MOST_WARNINGS).map((warning) => warning.slice(0, LONGEST_MESSAGE)),
  };
}

const pinnedWords = ({ version, until }: { version: string; until: string }) =>
  `version ${version} was put back, and is not renewed before ${minuteOf(until)}`;

function listing<Item>(items: readonly Item[], most: number) {
  return { count: items.length, items: items.slice(0, most) };
}

/** The groups of live certificates in which nobody is online. */
function groupsAway(listed: ReadonlyMap<string, readonly SeenHost[]>, health: readonly Judged[]) {
  const wanted = new Set(health.flatMap(({ groups }) => groups));
  return [...listed].flatMap(([group, hosts]) => {
    if (!wanted.has(group) || hosts.some(({ online }) => online)) return [];
    const reason = hosts.length === 0 ? ('no-hosts' as const) : ('hosts-offline' as const);
    return { group, reason, hosts: hosts.slice(0, MOST_HOSTS).map(({ instanceId }) => instanceId) };
  });
}

function byWorst(a: Judged, b: Judged): number {
  return HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) || compareTexts(a.name, b.name);
}

function unwellOf(unwell: readonly Judged[]): CheckSummary['unwell'] {
  const byHealth: Record<string, number> = {};
  for (const { health } of unwell) byHealth[health] = (byHealth[health] ?? 0) + 1;
  const items = unwell
    .toSorted(byWorst)
    .slice(0, MOST_UNWELL)
    .map(({ name, health, ...complaint }) => ({
      name: name.slice(0, LONGEST_NAME),
      health,
      trouble: inOneLine(complaint).slice(0, LONGEST_TROUBLE),
    }));
  return { count: unwell.length, byHealth, items };
}

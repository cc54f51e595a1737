import type { CheckSummary } from '../../foundation/events/events.ts';
import type { Plan } from './plan.ts';

/** What a check found of a certificate that has a renewal file, or whose clean-up fails. */
export interface Health {
  name: string;
  /** Share of its life, at most 1, below 0 once expired; `undefined` before the first issuance. */
  lifeLeft: number | undefined;
  notAfter: string | undefined;
  failures: number;
  overdue: boolean;
}

const MOST_SOONEST = 10;
/** An event takes 256 KB. */
const MOST_NAMED = 200;
const MOST_REJECTED = 100;
const MOST_WARNINGS = 10;
/** Of a lineage; what was uploaded may be called anything. */
const LONGEST_NAME = 128;
const LONGEST_MESSAGE = 300;

export function summarizeCheck(
  plan: Pick<Plan, 'start' | 'at' | 'certificates' | 'warnings'> & {
    deployments: readonly Pick<Plan['deployments'][number], 'group' | 'hosts'>[];
    groupsOnline: string[];
  },
  health: readonly Health[],
): CheckSummary {
  const { start, at, deployments, groupsOnline, warnings } = plan;
  const issued = health.flatMap(({ name, lifeLeft, notAfter }) =>
    lifeLeft === undefined || notAfter === undefined ? [] : [{ name, lifeLeft, notAfter }],
  );
  const namesOf = (some: readonly Health[]) => some.map(({ name }) => name);
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
    certificates: health.length + rejected.filter(({ reason }) => reason !== 'stray-object').length,
    soonest: issued.sort((a, b) => a.lifeLeft - b.lifeLeft).slice(0, MOST_SOONEST),
    failing: listing(namesOf(health.filter(({ failures }) => failures > 0)), MOST_NAMED),
    overdue: listing(namesOf(health.filter(({ overdue }) => overdue)), MOST_NAMED),
    rejected: listing(rejected, MOST_REJECTED),
    hostsBehind: {
      count: new Set(deployments.flatMap(({ hosts }) => hosts)).size,
      groups: [...new Set(deployments.map(({ group }) => group))],
    },
    groupsOnline,
    warnings: warnings.slice(0, MOST_WARNINGS).map((warning) => warning.slice(0, LONGEST_MESSAGE)),
  };
}

function listing<Item>(items: readonly Item[], most: number) {
  return { count: items.length, items: items.slice(0, most) };
}

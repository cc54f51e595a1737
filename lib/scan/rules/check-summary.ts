import type { CheckSummary } from '../../foundation/events/events.ts';
import type { PlannedCertificate } from './plan.ts';

/** What a check found of one certificate that has a renewal file. */
export interface Health {
  name: string;
  /** Share of the life left, at most 1, below 0 when it expired; `undefined` before the first issue. */
  lifeLeft: number | undefined;
  notAfter: string | undefined;
  failures: number;
  overdue: boolean;
}

const MOST_SOONEST = 10;
/** Of an event, which takes 256 KB. */
const MOST_NAMED = 200;
const MOST_REJECTED = 100;
const MOST_WARNINGS = 10;
const LONGEST_TOLD = 300;

export function summarizeCheck(
  plan: {
    start: string;
    at: string;
    certificates: readonly PlannedCertificate[];
    deployments: readonly { group: string; hosts: readonly string[] }[];
    warnings: readonly string[];
  },
  health: readonly Health[],
): CheckSummary {
  const { start, at, deployments, warnings } = plan;
  const issued = health.flatMap(({ name, lifeLeft, notAfter }) =>
    lifeLeft === undefined || notAfter === undefined ? [] : [{ name, lifeLeft, notAfter }],
  );
  const named = (which: readonly Health[]) =>
    listing(
      which.map(({ name }) => name),
      MOST_NAMED,
    );
  const rejected = plan.certificates.flatMap((planned) =>
    planned.action === 'reject'
      ? [{ name: planned.name, reason: planned.reason, message: planned.message.slice(0, LONGEST_TOLD) }]
      : [],
  );
  return {
    start,
    at,
    certificates: health.length + rejected.length,
    soonest: issued.sort((a, b) => a.lifeLeft - b.lifeLeft).slice(0, MOST_SOONEST),
    failing: named(health.filter(({ failures }) => failures > 0)),
    overdue: named(health.filter(({ overdue }) => overdue)),
    rejected: listing(rejected, MOST_REJECTED),
    hostsBehind: {
      count: new Set(deployments.flatMap(({ hosts }) => hosts)).size,
      groups: [...new Set(deployments.map(({ group }) => group))],
    },
    warnings: warnings.slice(0, MOST_WARNINGS).map((warning) => warning.slice(0, LONGEST_TOLD)),
  };
}

function listing<Item>(items: readonly Item[], most: number) {
  return { count: items.length, items: items.slice(0, most) };
}

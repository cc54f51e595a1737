import { type HostRecord, neverRan } from './host-record.ts';

export interface HostOrder {
  canary: string;
  others: string[];
  /** How many of the others came to nothing at their last run: so many errors are no news. */
  failing: number;
}

interface LastRun {
  ended: 'well' | 'unknown' | 'badly';
  at: string;
}

const RANKS: LastRun['ended'][] = ['well', 'unknown', 'badly'];

/**
 * The hosts of a deployment, who goes first and who follows. A host that serves something tells most; one that failed goes
 * first only where all did, and then the one whose failure is oldest, so that no broken host holds up its group for ever.
 */
export function orderHosts(
  [first, ...rest]: readonly [string, ...string[]],
  records: ReadonlyMap<string, HostRecord>,
): HostOrder {
  const runs = new Map([first, ...rest].map((id) => [id, lastRun(records.get(id))]));
  const sorted = [...runs].sort(([a, one], [b, other]) => compare(one, other) || (a < b ? -1 : 1));
  const [[canary] = [first], ...others] = sorted;
  return {
    canary,
    others: others.map(([id]) => id),
    failing: others.filter(([, { ended }]) => ended === 'badly').length,
  };
}

function compare(one: LastRun, other: LastRun): number {
  const ranks = RANKS.indexOf(one.ended) - RANKS.indexOf(other.ended);
  if (ranks !== 0 || one.ended !== 'badly') return ranks;
  return one.at < other.at ? -1 : Number(one.at > other.at);
}

/** How the latest command ended that ran on the host; a command may be about several certificates. */
function lastRun(record: HostRecord | undefined): LastRun {
  const runs = Object.values(record?.lineages ?? {}).filter((lineage) => !neverRan(lineage));
  const last = runs.reduce<(typeof runs)[number] | undefined>(
    (latest, run) => (latest && latest.at >= run.at ? latest : run),
    undefined,
  );
  if (!last) return { ended: 'unknown', at: '' };
  const outcomes = runs.filter(({ commandId }) => commandId === last.commandId).map(({ outcome }) => outcome);
  if (outcomes.some((outcome) => outcome === 'failed' || outcome === 'rolled-back'))
    return { ended: 'badly', at: last.at };
  const serves = outcomes.some((outcome) => outcome === 'served' || outcome === 'unchanged');
  return { ended: serves ? 'well' : 'unknown', at: last.at };
}

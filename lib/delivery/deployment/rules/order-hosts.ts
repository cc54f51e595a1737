import { type HostRecord, hasFailed, neverRan } from './host-record.ts';

interface HostOrder {
  canary: string;
  others: string[];
  /** How many of the others failed at their last run, and may fail again. */
  failing: number;
}

interface LastRun {
  ended: 'well' | 'unknown' | 'badly';
  at: string;
}

const RANKS: LastRun['ended'][] = ['well', 'unknown', 'badly'];

/**
 * Chooses the canary: a host that serves something tells most. If all failed, it is the one with the oldest failure, so
 * that no broken host holds up its group for ever.
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

/** How the host's last command ended; it may have several certificates. */
function lastRun(record: HostRecord | undefined): LastRun {
  const runs = Object.values(record?.lineages ?? {}).filter((lineage) => !neverRan(lineage));
  const [last] = runs.toSorted((a, b) => (a.at < b.at ? 1 : -Number(a.at > b.at)));
  if (!last) return { ended: 'unknown', at: '' };
  const ofCommand = runs.filter(({ commandId }) => commandId === last.commandId);
  if (ofCommand.some(hasFailed)) return { ended: 'badly', at: last.at };
  const serves = ofCommand.some(({ outcome }) => outcome === 'served' || outcome === 'unchanged');
  return { ended: serves ? 'well' : 'unknown', at: last.at };
}

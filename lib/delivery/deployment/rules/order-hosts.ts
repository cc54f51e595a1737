import { compareTexts } from '../../../foundation/common/compare-texts.ts';
import { type HostRecord, hasFailed, neverRan } from './host-record.ts';

interface HostOrder {
  canary: string;
  others: string[];
  /** How many of the others failed at their last run, and may fail again. */
  failing: number;
}

type LastRun = { ended: 'well' | 'unknown' } | { ended: 'badly'; at: string };

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
  const sorted = [...runs].sort(([a, one], [b, other]) => compare(one, other) || compareTexts(a, b));
  const [[canary] = [first], ...others] = sorted;
  return {
    canary,
    others: others.map(([id]) => id),
    failing: others.filter(([, { ended }]) => ended === 'badly').length,
  };
}

function compare(one: LastRun, other: LastRun): number {
  if (one.ended === 'badly' && other.ended === 'badly') return compareTexts(one.at, other.at);
  return RANKS.indexOf(one.ended) - RANKS.indexOf(other.ended);
}

/** How the host's last command ended; it may have several certificates. */
function lastRun(record: HostRecord | undefined): LastRun {
  const runs = Object.values(record?.lineages ?? {}).filter((lineage) => !neverRan(lineage));
  const [last] = runs.toSorted((a, b) => compareTexts(b.at, a.at));
  if (!last) return { ended: 'unknown' };
  const ofCommand = runs.filter(({ commandId }) => commandId === last.commandId);
  if (ofCommand.some(hasFailed)) return { ended: 'badly', at: last.at };
  const serves = ofCommand.some(({ outcome }) => outcome === 'served' || outcome === 'unchanged');
  return { ended: serves ? 'well' : 'unknown' };
}

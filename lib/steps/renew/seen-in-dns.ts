import { type Ordered, type RenewRun, runPhase } from './context.ts';
import { propagate } from './propagate.ts';
import type { Published } from './publish.ts';

/** Waits for each zone; one that does not come drops the certificates that need it. */
export async function seenInDns(run: RenewRun, { renewals, zones }: Published): Promise<Ordered[]> {
  const failures = new Map<string, unknown>();
  await Promise.all(
    zones.map((zone) => propagate(run, zone).catch((error) => failures.set(zone.zoneId, error))),
  );
  return runPhase(run, renewals, async (renewal) => {
    const failed = renewal.edits.find(({ zoneId }) => failures.has(zoneId));
    if (failed) throw failures.get(failed.zoneId);
    return renewal;
  });
}

import { type Ordered, type RenewRun, runPhase } from './context.ts';
import { propagate } from './propagate.ts';
import type { Published } from './publish.ts';

/**
 * Waits for each zone; one that does not come drops the certificates that need it. The wait is the time to make the requests
 * for finalize, one after another; what is not made by then is made there.
 */
export async function seenInDns(run: RenewRun, { renewals, zones }: Published): Promise<Ordered[]> {
  void prepareAll(run, renewals);
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

async function prepareAll({ authority, signal }: RenewRun, renewals: readonly Ordered[]): Promise<void> {
  for (const { key, wanted } of renewals)
    if (!signal.aborted) await authority.prepare({ key, names: wanted.names });
}

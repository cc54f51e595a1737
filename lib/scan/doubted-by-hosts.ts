import { readAllRecords } from '../delivery/deployment/read-host-records.ts';
import type { Reads } from '../foundation/bucket/object-store.ts';
import { DAY } from '../foundation/common/durations.ts';
import { isOfKind } from '../foundation/reasons/reasons.ts';

/** Certificates that a host could not install within the last day because of what the bucket has of them. */
export async function doubtedByHosts(store: Reads, now: Date): Promise<ReadonlySet<string>> {
  const records = await readAllRecords({ store });
  const runs = [...records.values()].flatMap(({ lineages }) => Object.entries(lineages));
  const isDoubt = ({ reason = '', at }: { reason?: string | undefined; at: string }) =>
    isOfKind(reason, 'of-archive') && now.getTime() - Date.parse(at) < DAY;
  return new Set(runs.flatMap(([name, run]) => (isDoubt(run) ? [name] : [])));
}

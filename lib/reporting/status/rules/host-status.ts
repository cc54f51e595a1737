import type { HostRecord } from '../../../delivery/deployment/rules/host-record.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';

/** What a host of a certificate's groups said last. */
export interface HostStatus {
  instanceId: string;
  group: string;
  outcome: string;
  /** The version that was last installed well. */
  version?: string;
  isLive: boolean;
}

/** Hosts of the groups that the live version names, as far as they have ever reported it. */
export function hostsOf(
  { name, records }: { name: string; records: readonly HostRecord[] },
  live: LivePointer,
): HostStatus[] {
  return records.flatMap(({ instanceId, group, lineages }) => {
    const lineage = lineages[name];
    if (!lineage || !live.hosts.includes(group)) return [];
    const { version, outcome } = lineage;
    const isLive = version === live.version;
    return { instanceId, group, outcome, isLive, ...(version !== undefined && { version }) };
  });
}

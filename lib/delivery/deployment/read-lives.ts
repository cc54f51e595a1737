import pMap from 'p-map';
import type { Reads } from '../../foundation/bucket/object-store.ts';
import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import type { Validity } from '../../foundation/certificate/life.ts';
import { Version } from '../../foundation/certificate/lineage.ts';
import { archiveKey } from '../../foundation/certificate/object-keys.ts';
import { leafIn } from '../../foundation/certificate/pointer-match.ts';
import type { Lives } from './rules/decide-delivery.ts';
import { type HostRecord, hasFailed, runOf } from './rules/host-record.ts';
import { openingOf } from './rules/opening.ts';

const READS_AT_ONCE = 32;

/** Hosts that may lack a certificate: `version` is the live one, where it is known. */
interface Wanted {
  name: string;
  version?: string | undefined;
  groups: readonly string[];
}

/**
 * How long what hosts have instead of the live version lives: a read of a chain for each version, and none where the groups of
 * the hosts may be touched now.
 */
export async function readLives(
  store: Pick<Reads, 'get'>,
  wanted: readonly Wanted[],
  {
    groups,
    hosts,
    records,
    now,
  }: {
    groups: readonly HostGroup[];
    /** The hosts of each group. */
    hosts: ReadonlyMap<string, readonly string[]>;
    records: ReadonlyMap<string, HostRecord>;
    now: Date;
  },
): Promise<Lives> {
  const closed = new Set(groups.filter((group) => !openingOf(group, now).isOpen).map(({ name }) => name));
  const had = wanted.flatMap(({ name, version, groups: named }) => {
    const ids = named.filter((group) => closed.has(group)).flatMap((group) => hosts.get(group) ?? []);
    const runs = ids.flatMap((id) => runOf(records.get(id), name) ?? []);
    const lacking = runs.filter((run) => run.version !== version || hasFailed(run));
    const versions = new Set(lacking.flatMap((run) => run.version ?? []));
    return [...versions].map((one) => ({ name, version: one }));
  });
  const lives = new Map<string, Map<string, Validity | 'unknown'>>();
  const read = async ({ name, version }: { name: string; version: string }) => {
    const ofName = lives.get(name) ?? new Map();
    lives.set(name, ofName);
    ofName.set(version, await readLife(store, name, version));
  };
  await pMap(had, read, { concurrency: READS_AT_ONCE });
  return lives;
}

/** A host may report anything as its version. */
async function readLife(
  store: Pick<Reads, 'get'>,
  name: string,
  version: string,
): Promise<Validity | 'unknown'> {
  if (!Version.safeParse(version).success) return 'unknown';
  const chain = await store.get(archiveKey(name, version, 'fullchain'));
  return (chain && leafIn(chain.body)) ?? 'unknown';
}

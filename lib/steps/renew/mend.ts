import { showsHosts } from '../../core/decide-renewal.ts';
import { pointerText } from '../../core/live-pointer.ts';
import { type ArchiveFile, archiveKey, type LiveFile, liveCopyKey, liveKey } from '../../core/object-keys.ts';
import type { Claimed, RenewDeps } from './context.ts';
import { LeaseLostError } from './lease.ts';
import type { RenewOutcome } from './outcome.ts';
import { cleanUp, leftRecords } from './publish.ts';

/** Ends what an earlier worker left open, and lets the wanted hosts have the version that is live; issues nothing. */
export async function mend(deps: RenewDeps, claimed: Claimed): Promise<RenewOutcome> {
  const { name, wanted, live, lease, reason } = claimed;
  await cleanUp(deps, leftRecords(claimed));
  if (live && !showsHosts(live.pointer, wanted)) await showHosts(deps, { name, wanted, live });
  await lease.release();
  return { name, outcome: 'mended', reason };
}

async function showHosts(
  { store, events }: RenewDeps,
  { name, wanted, live }: Pick<Claimed, 'name' | 'wanted'> & { live: NonNullable<Claimed['live']> },
): Promise<void> {
  const { hosts, serverNames } = wanted;
  const archived: ArchiveFile[] = ['cert', 'chain', 'fullchain', 'privkey'];
  const copied: LiveFile[] = [...archived, 'bundle'];
  const keys = [
    ...archived.map((file) => archiveKey(name, live.pointer.version, file)),
    ...copied.map((file) => liveCopyKey(name, file)),
  ];
  // Before the pointer: whoever reads it may read what it points to.
  await Promise.all(keys.map((key) => store.tag(key, hosts)));
  const pointer = { ...live.pointer, hosts, serverNames };
  const written = await store.replace(liveKey(name), pointerText(pointer), {
    groups: hosts,
    etag: live.etag,
  });
  if (!written) throw new LeaseLostError(name);
  await events.publish(hosts.map((group) => ({ type: 'Deployment Due', detail: { group, names: [name] } })));
}

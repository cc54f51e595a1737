import { showsHosts } from '../../core/decide-renewal.ts';
import type { Fact } from '../../core/facts.ts';
import { type LivePointer, pointerText } from '../../core/live-pointer.ts';
import { ARCHIVE_FILES, archiveKey, LIVE_FILES, liveCopyKey, liveKey } from '../../core/object-keys.ts';
import { ZoneError } from '../../ports/zones.ts';
import { applyEdits } from '../apply-edits.ts';
import { zoneFinder } from '../find-zone.ts';
import { caaAfter } from './commit.ts';
import type { BatchDeps, Claimed, RenewDeps } from './context.ts';
import { keepUp } from './keep-up.ts';
import { LeaseLostError } from './lease.ts';
import type { RenewOutcome } from './outcome.ts';
import { placeCaa } from './pre-check.ts';
import { cleanUp, leftRecords } from './publish.ts';

/** Reasons for which copies may lag or versions be left over. */
const KEEPS_UP = ['left-open', 'pointer-lost', 'copies-behind', 'old-versions'];

/**
 * Ends what an earlier worker left open, puts back CAA values that are gone, and lets the wanted hosts have the version
 * that is live. Issues nothing.
 */
export async function mend(deps: BatchDeps, claimed: Claimed): Promise<RenewOutcome> {
  const { name, lease, live, reason } = claimed;
  await cleanUp(deps, leftRecords(claimed));
  if (live) {
    const repaired = reason === 'caa-drifted' ? await repairCaa(deps, claimed, live.pointer) : live.pointer;
    await showHosts(deps, claimed, repaired);
    if (KEEPS_UP.includes(reason)) await keepUp(deps, claimed);
    if (reason === 'pointer-lost') await deps.events.publish(deploymentsOf(claimed, reason));
  }
  await lease.release();
  return { name, outcome: 'mended', reason };
}

/** The pointer with the CAA values that are ours after the repair. */
async function repairCaa(
  deps: BatchDeps,
  { wanted, live }: Claimed,
  pointer: LivePointer,
): Promise<LivePointer> {
  if (!pointer.caaIssuer) return pointer;
  const issuers = [pointer.caaIssuer, ...(pointer.caaFallbacks ?? [])] as const;
  const findZone = zoneFinder(deps, await deps.zones.list());
  const edits = await placeCaa(deps, { wanted, live }, { issuers, findZone });
  for (const { zoneId, edit } of edits) {
    const { refused } = await applyEdits(deps.zones, zoneId, [edit]);
    if (refused[0])
      throw new ZoneError('record-refused', `Route 53 refuses CAA at ${edit.name}: ${refused[0].message}`);
  }
  return { ...pointer, ...caaAfter(pointer, edits) };
}

/** Writes the pointer as it should be; where hosts changed, lets the new ones read the version first, then has them fetch it. */
async function showHosts(
  { store, events }: RenewDeps,
  { name, wanted, live }: Pick<Claimed, 'name' | 'wanted' | 'live'>,
  repaired: LivePointer,
): Promise<void> {
  const { hosts, serverNames } = wanted;
  const isShown = showsHosts(repaired, wanted);
  if (!isShown) await Promise.all(keysOf(name, repaired.version).map((key) => store.tag(key, hosts)));
  const body = pointerText({ ...repaired, hosts, serverNames });
  if (!live || body === pointerText(live.pointer)) return;
  const written = await store.replace(liveKey(name), body, { groups: hosts, etag: live.etag });
  if (!written) throw new LeaseLostError(name);
  if (isShown) return;
  await events.publish(deploymentsOf({ name, wanted }, 'hosts-changed'));
}

function deploymentsOf({ name, wanted }: Pick<Claimed, 'name' | 'wanted'>, reason: string): Fact[] {
  return wanted.hosts.map((group) => ({ type: 'Deployment Due', detail: { group, reason, names: [name] } }));
}

function keysOf(name: string, version: string): string[] {
  return [
    ...ARCHIVE_FILES.map((file) => archiveKey(name, version, file)),
    ...LIVE_FILES.map((file) => liveCopyKey(name, file)),
  ];
}

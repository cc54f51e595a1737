import { type LivePointer, pointerText } from '../../foundation/certificate/live-pointer.ts';
import {
  ARCHIVE_FILES,
  archiveKey,
  LIVE_FILES,
  liveCopyKey,
  liveKey,
} from '../../foundation/certificate/object-keys.ts';
import type { StackEvent } from '../../foundation/events/events.ts';
import { isOfKind, type Reason } from '../../foundation/reasons/reasons.ts';
import { placeCaa } from '../caa/place-caa.ts';
import { applyEdits } from '../dns/apply-edits.ts';
import { zoneFinder } from '../dns/find-zone.ts';
import { ZoneError } from '../dns/zones.ts';
import { caaAfter, PointerMovedError, putCopies } from './commit.ts';
import type { RenewDeps } from './deps.ts';
import { copiesAreBehind, outlived, versionsOf } from './find-upkeep.ts';
import { readVersion } from './newest-valid.ts';
import type { RenewOutcome } from './outcome.ts';
import type { BatchDeps, Claimed } from './phases.ts';
import { cleanUp, leftRecords } from './publish.ts';
import { showsHosts } from './rules/decide-renewal.ts';

/**
 * Ends what an earlier worker left open, puts back CAA values that are gone, and lets the wanted hosts have the version
 * that is live. Issues nothing.
 */
export async function repair(deps: BatchDeps, claimed: Claimed): Promise<RenewOutcome> {
  const { name, claim, live, reason } = claimed;
  await cleanUp(deps, leftRecords(claimed));
  if (live) {
    const repaired = reason === 'caa-drifted' ? await repairCaa(deps, claimed, live.pointer) : live.pointer;
    await showHosts(deps, claimed, repaired);
    if (isOfKind(reason, 'copies-doubtful')) await refreshCopies(deps, claimed);
    if (reason === 'pointer-lost') await deps.events.publish(deploymentsOf(claimed, reason));
  }
  await claim.release();
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
  if (!written) throw new PointerMovedError(name);
  if (isShown) return;
  await events.publish(deploymentsOf({ name, wanted }, 'hosts-changed'));
}

function deploymentsOf({ name, wanted }: Pick<Claimed, 'name' | 'wanted'>, reason: Reason): StackEvent[] {
  return wanted.hosts.map((group) => ({ type: 'Deployment Due', detail: { group, reason, names: [name] } }));
}

function keysOf(name: string, version: string): string[] {
  return [
    ...ARCHIVE_FILES.map((file) => archiveKey(name, version, file)),
    ...LIVE_FILES.map((file) => liveCopyKey(name, file)),
  ];
}

/** Writes the copies in `live/<name>/` anew where they lag, and removes versions that are of no use any more. */
async function refreshCopies(
  { store, clock }: RenewDeps,
  { name, wanted, live }: Pick<Claimed, 'name' | 'wanted' | 'live'>,
): Promise<void> {
  if (!live) return;
  const { version } = live.pointer;
  const versions = await versionsOf(store, name);
  const stored = versions.find((candidate) => candidate.version === version);
  if (stored && (await copiesAreBehind(store, name, stored)))
    await putCopies(store, { name, groups: wanted.hosts, files: await readVersion(store, name, version) });
  for (const old of await outlived(store, { name, live: version, versions }, clock())) {
    for (const file of ARCHIVE_FILES) await store.remove(archiveKey(name, old.version, file));
  }
}

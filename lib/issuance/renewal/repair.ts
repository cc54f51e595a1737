import { type LivePointer, pointerText } from '../../foundation/certificate/live-pointer.ts';
import {
  ARCHIVE_FILES,
  archiveKey,
  LIVE_FILES,
  liveCopyKey,
  renewalKey,
} from '../../foundation/certificate/object-keys.ts';
import { once } from '../../foundation/common/once.ts';
import type { StackEvent } from '../../foundation/events/events.ts';
import { isOfKind, type Reason } from '../../foundation/reasons/reasons.ts';
import { placeCaa } from '../caa/place-caa.ts';
import { applyEdits } from '../dns/apply-edits.ts';
import { zoneFinder } from '../dns/find-zone.ts';
import type { CaaIssuer } from '../dns/rules/issuer.ts';
import { ownRecords } from '../dns/standing.ts';
import { cleanUp } from './clean-up.ts';
import { caaAfter, writePointer } from './commit.ts';
import { putCopies } from './copies.ts';
import { orWarn, type RenewDeps } from './deps.ts';
import { copiesAreBehind, outlived, outlivedObjects, versionsOf } from './find-upkeep.ts';
import type { RenewOutcome } from './outcome.ts';
import type { BatchDeps, Claimed } from './phases.ts';
import { refusedError } from './publish.ts';
import { updateState } from './read-state.ts';
import { restoreVersion } from './restore-version.ts';
import { hostsToShow, showsHosts } from './rules/decide-renewal.ts';
import { orderFor } from './rules/open-order.ts';
import { rememberRepair } from './rules/state.ts';
import { readVersion } from './sound-pointer.ts';
import { tagVersions } from './tag-versions.ts';

/** Repairs what needs no new certificate: left DNS records, lost CAA values, hosts of the live version, copies. */
export async function repair(deps: BatchDeps, claimed: Claimed): Promise<RenewOutcome> {
  const { name, claim, live, reason, state, renewalIsDue } = claimed;
  const errors: unknown[] = [];
  const attempt = <Result>(work: Promise<Result>): Promise<Result | undefined> =>
    work.catch((error) => {
      errors.push(error);
      return undefined;
    });
  // What a renewal that backs off has left open is its own.
  const left = renewalIsDue ? undefined : (await cleanUp(deps, [claim])).get(claim);
  if (reason === 'outlived') await attempt(removeOutlived(deps, name));
  let restored: LivePointer | undefined;
  if (live && (reason === 'pinned' || reason === 'released'))
    restored = await attempt(restoreVersion(deps, { ...claimed, live }));
  else if (live) {
    const { pointer } = live;
    const repaired = reason === 'caa-drifted' && (await attempt(repairCaa(deps, claimed, pointer)));
    await attempt(showHosts(deps, { ...claimed, live }, repaired || pointer));
    if (isOfKind(reason, 'copies-doubtful')) await attempt(refreshCopies(deps, { ...claimed, live }));
    if (reason === 'pointer-lost') await attempt(deps.events.publish(deploymentsOf(claimed, reason)));
  }
  if (left !== undefined && reason === 'left-open') errors.push(left);
  if (errors.length > 0) throw errors[0];
  if (state?.repairs?.[reason])
    await orWarn(deps, `could not forget that ${reason} of ${name} failed`, () =>
      updateState(deps.store, { name, now: deps.clock() }, (found) => found && rememberRepair(found, reason)),
    );
  const { order: recorded } = renewalIsDue ? claim.recorded : {};
  const order = live && restored ? orderFor(recorded, { from: live.pointer, to: restored }) : recorded;
  const isLeft = order !== undefined || claim.recorded.records.length > 0;
  await (isLeft ? claim.leaveForLater({ order }) : claim.release());
  return { name, outcome: 'mended', reason };
}

/** Returns the pointer with the CAA values that we may change later. */
async function repairCaa(
  deps: BatchDeps,
  { wanted, live }: Claimed,
  pointer: LivePointer,
): Promise<LivePointer> {
  if (!pointer.caaIssuer) return pointer;
  const caaIssuer = await issuerToday(deps, pointer);
  const issuers = [caaIssuer ?? pointer.caaIssuer, ...(pointer.caaFallbacks ?? [])] as const;
  const findZone = zoneFinder(deps, await deps.zones.list());
  const readRecords = once((zoneId: string) => deps.zones.records(zoneId));
  const lookAt = ownRecords({ ...deps, findZone }, readRecords);
  const edits = await placeCaa(deps, { wanted, live }, { issuers, findZone, readRecords, lookAt });
  for (const { zoneId, edit } of edits) {
    const { refused } = await applyEdits(deps.zones, zoneId, [edit]);
    if (refused[0]) throw refusedError('refuses', refused[0]);
  }
  return { ...pointer, caaIssuer: issuers[0], ...caaAfter(pointer, edits) };
}

/** The CA of the live version with our account there by now: the one of before may be lost, and its address in CAA shuts us out. */
async function issuerToday(deps: RenewDeps, { ca }: LivePointer): Promise<CaaIssuer | undefined> {
  if (ca === undefined) return undefined;
  return orWarn(deps, `CAA is put right for the account of before at ${ca}`, async () =>
    (await deps.openAuthority(ca)).caaIssuer(),
  );
}

type Issued = Claimed & { live: NonNullable<Claimed['live']> };

/** Writes the repaired pointer; changed hosts may read all versions before that, and are deployed to after. */
async function showHosts(
  { store, events }: RenewDeps,
  { name, wanted, live }: Issued,
  repaired: LivePointer,
): Promise<void> {
  const { hosts, serverNames } = hostsToShow(repaired, wanted);
  const isShown = showsHosts(repaired, wanted);
  if (!isShown) {
    await tagVersions(store, name, hosts);
    await Promise.all(LIVE_FILES.map((file) => store.tag(liveCopyKey(name, file), hosts)));
  }
  const pointer = { ...repaired, hosts, serverNames };
  if (pointerText(pointer) === pointerText(live.pointer)) return;
  await writePointer(store, name, { pointer, etag: live.etag });
  if (!isShown) await events.publish(deploymentsOf({ name, wanted }, 'hosts-changed'));
}

function deploymentsOf({ name, wanted }: Pick<Claimed, 'name' | 'wanted'>, reason: Reason): StackEvent[] {
  return wanted.hosts.map((group) => ({ type: 'Deployment Due', detail: { group, reason, names: [name] } }));
}

/** Removes what is kept of a certificate that nobody needs any more, unless it is wanted again. */
async function removeOutlived({ store, clock }: RenewDeps, name: string): Promise<void> {
  const objects = (await outlivedObjects(store, name, clock())) ?? [];
  if (await store.get(renewalKey(name))) return;
  for (const { key, etag } of objects) await store.remove(key, { etag });
}

/** Rewrites the copies in `live/<name>/` if they lag behind, and removes versions that nobody needs any more. */
async function refreshCopies({ store, clock }: RenewDeps, { name, wanted, live }: Issued): Promise<void> {
  const { version } = live.pointer;
  const versions = await versionsOf(store, name);
  const stored = versions.find((candidate) => candidate.version === version);
  if (stored && (await copiesAreBehind(store, name, stored)))
    await putCopies(store, { name, groups: wanted.hosts, files: await readVersion(store, name, version) });
  for (const old of await outlived(store, { name, live: version, versions }, clock())) {
    for (const file of ARCHIVE_FILES) await store.remove(archiveKey(name, old.version, file));
  }
}

import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { fitsFile, versionFacts } from '../../foundation/certificate/rebuild-pointer.ts';
import { isCompromised, isRevocationOf, type Revocation } from '../../foundation/certificate/revocation.ts';
import { issuerOf } from '../../foundation/certificate/verify-issued.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { importsDue, type StackEvent } from '../../foundation/events/events.ts';
import { readRevocations } from '../revocation/read-revocations.ts';
import { archive, versionAfter, writePointer } from './commit.ts';
import { putCopies } from './copies.ts';
import { orWarn, type RenewDeps } from './deps.ts';
import { versionsOf } from './find-upkeep.ts';
import type { Claimed } from './phases.ts';
import { readVersion } from './sound-pointer.ts';

type Issued = Pick<Claimed, 'name' | 'wanted' | 'pin'> & { live: NonNullable<Claimed['live']> };

/**
 * Makes the pinned version live or, once the pin is gone, the one that was live before it. Its certificate and key are archived
 * again as the newest version: versions only grow, and no host has to believe that an older one is meant. The pointer's
 * `If-Match` makes that the commit, as for a renewal. Resolves to what is live then; throws {@link InputError} where a pinned
 * version may not be live.
 */
export async function restoreVersion(
  deps: RenewDeps,
  { name, wanted, pin, live }: Issued,
): Promise<LivePointer> {
  const { store, clock } = deps;
  const before = live.pointer;
  const source = pin ? pin.version : (before.insteadOf ?? before.version);
  const files = await readVersion(store, name, source);
  const facts = versionFacts(source, files);
  const complaint = complaintAbout(facts, {
    revocations: await readRevocations(store, name),
    fits: facts !== undefined && fitsFile(facts, files.fullchain, { ...wanted, key: facts.key }),
    now: clock(),
  });
  const isLiveAlready = !pin && facts?.fingerprint === before.fingerprint;
  if (complaint !== undefined || !facts || isLiveAlready) {
    if (pin) throw new InputError('not-restorable', `${name}: version ${source} ${complaint}`);
    return forgetRestored(deps, name, live);
  }
  const known = [before.version, ...(await versionsOf(store, name)).map((archived) => archived.version)];
  const version = versionAfter(deps, known.sort().at(-1));
  await archive(store, wanted, { version, files });
  const { ca, restoredFrom, insteadOf, putBack, ...kept } = before;
  const chain = (await readVersion(store, name, before.version)).fullchain;
  const pointer: LivePointer = {
    ...kept,
    // Nothing records which CA issued an older version.
    ...(ca !== undefined && issuerOf(chain) === issuerOf(files.fullchain) && { ca }),
    ...facts,
    version,
    hosts: wanted.hosts,
    serverNames: wanted.serverNames,
    ...(pin && { restoredFrom: source, insteadOf: insteadOf ?? before.version }),
  };
  await writePointer(store, name, { pointer, etag: live.etag });
  await orWarn(deps, `the copies in live/${name}/ lag behind`, () =>
    putCopies(store, { name, groups: wanted.hosts, files }),
  );
  const due = wanted.hosts.map((group): StackEvent => {
    return { type: 'Deployment Due', detail: { group, reason: pin ? 'pinned' : 'released', names: [name] } };
  });
  const imports = wanted.acm?.length ? importsDue([name]) : [];
  const restored = { name, version, from: source, pinned: pin !== undefined };
  await orWarn(deps, `could not announce that ${name} is at ${version}`, () =>
    deps.events.publish([...due, ...imports, { type: 'Certificate Restored', detail: restored }]),
  );
  return pointer;
}

function complaintAbout(
  facts: ReturnType<typeof versionFacts>,
  { revocations, fits, now }: { revocations: readonly Revocation[]; fits: boolean; now: Date },
): string | undefined {
  if (!facts) return 'is not whole in the archive, or its key is not the key of its certificate';
  const revoked = revocations.find((one) => isRevocationOf(one, facts));
  if (revoked) return `is revoked (${revoked.reason})`;
  if (isCompromised(revocations, facts.keyFingerprint)) return 'has a key that is compromised';
  if (!fits) return 'is for other names than the renewal file, or its chain does not hold';
  return Date.parse(facts.notAfter) <= now.getTime() ? 'has expired' : undefined;
}

/** What was live before is no good: what is live stays until it is due. */
async function forgetRestored(
  { store }: RenewDeps,
  name: string,
  { pointer, etag }: Issued['live'],
): Promise<LivePointer> {
  const { restoredFrom, insteadOf, ...left } = pointer;
  await writePointer(store, name, { pointer: left, etag });
  return left;
}

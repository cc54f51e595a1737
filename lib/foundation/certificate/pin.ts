import * as z from 'zod/mini';
import { minuteOf } from '../common/minute-of.ts';
import { ownObject } from '../common/own-object.ts';
import type { LeafFacts } from './leaf.ts';
import { lastSixthOf } from './life.ts';
import { Version } from './lineage.ts';
import type { LivePointer } from './live-pointer.ts';
import { isCompromised, isRevocationOf, type Revocation } from './revocation.ts';

/** `pins/<name>.json`: the archived version that is to be live and stay live; `at` is when somebody pinned it (ISO 8601 in UTC). */
export const Pin = ownObject({ version: Version, at: z.string() });
export type Pin = z.infer<typeof Pin>;

/** Of the certificate of the pinned version. */
export type PinnedLeaf = Pick<LeafFacts, 'names' | 'serial' | 'keyFingerprint'> & {
  notBefore: Date | string;
  notAfter: Date | string;
};

export interface PinFacts {
  version: string;
  /** `undefined` where it cannot be read. */
  leaf: PinnedLeaf | undefined;
  /** Of the renewal file. */
  names: readonly string[];
  revocations: readonly Revocation[];
  /** Whether its CA suggests to replace it because it is about to revoke it, or has. */
  isLeaving?: boolean;
  now: Date;
}

/** Until when a version may be pinned, or why it may not (any more). */
export type PinState = { holds: true; until: Date } | { holds: false; why: string };

/**
 * A version is pinned until the last sixth of its life, when a certificate is renewed whatever else is said: no pin ends in an
 * expired certificate. It ends before where the version is revoked or about to be, or its key compromised, or the file wants
 * other names.
 */
export function judgePin({ version, leaf, names, revocations, isLeaving, now }: PinFacts): PinState {
  const no = (why: string): PinState => ({ holds: false, why: `version ${version} ${why}` });
  if (!leaf) return no('is not in the archive, or cannot be read');
  const revoked = revocations.find((one) => isRevocationOf(one, { ...leaf, version }));
  if (revoked) return no(`is revoked (${revoked.reason})`);
  if (isCompromised(revocations, leaf.keyFingerprint)) return no('has a key that is compromised');
  if (isLeaving) return no('is about to be revoked by its CA');
  const isSame = names.length === leaf.names.length && names.every((name) => leaf.names.includes(name));
  if (!isSame) return no(`is for ${leaf.names.join(', ')}, and the renewal file names others`);
  const until = new Date(lastSixthOf(leaf));
  if (now >= until)
    return no(
      `is in the last sixth of its life, which ends on ${minuteOf(new Date(leaf.notAfter).toISOString())}`,
    );
  return { holds: true, until };
}

/** Whether the pinned version is live: itself, or put back as a newer version. */
export function isPinLive(
  { version }: Pick<Pin, 'version'>,
  live: Pick<LivePointer, 'version' | 'restoredFrom'> | undefined,
): boolean {
  return live !== undefined && (live.version === version || live.restoredFrom === version);
}

import { DAY } from '../../../foundation/common/durations.ts';

export interface ArchivedVersion {
  archivedAt: Date;
  /** `undefined` where it cannot be read. */
  leaf: { fingerprint: string; notBefore: Date } | undefined;
}

/** The earliest `notBefore` of public CAs: midnight before, or an hour before (Let's Encrypt). */
const BACKDATED = DAY;

/**
 * When the CA issued what is archived. A version that was put back, released or imported has a certificate that was issued
 * before it was archived, perhaps as another version. One that cannot be read counts: an order was placed for it.
 */
export function issueInstants(versions: readonly ArchivedVersion[]): Date[] {
  const instants = new Map<unknown, Date>();
  for (const { archivedAt, leaf } of versions) {
    const issuedBy = leaf ? leaf.notBefore.getTime() + BACKDATED : Number.POSITIVE_INFINITY;
    const at = new Date(Math.min(archivedAt.getTime(), issuedBy));
    const key = leaf?.fingerprint ?? {};
    const known = instants.get(key);
    if (!known || at < known) instants.set(key, at);
  }
  return [...instants.values()];
}

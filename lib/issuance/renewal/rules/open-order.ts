import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { PrivateKeyPem } from '../../../foundation/certificate/private-key-pem.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import { isCompromised, type Revocation } from '../../../foundation/certificate/revocation.ts';
import { keyFingerprint } from '../../../foundation/certificate/verify-issued.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import type { ClaimRecord } from './claim-record.ts';

interface Subject {
  /** The directory. */
  ca: string;
  wanted: Wanted;
  live: LivePointer | undefined;
}

/** What an order is for: an open order is resumed only while the same is wanted. */
export function requestOf({ ca, wanted, live }: Subject): string {
  return JSON.stringify([
    ca,
    [...wanted.names].sort(),
    wanted.key,
    wanted.profile ?? null,
    // With a reused key, only the version that it replaced shows that an order has been carried out.
    ...(wanted.reuseKey ? [live?.version ?? null] : []),
  ]);
}

/** The same order where another version is live than the one that it was to replace, and nothing has come of it yet. */
export function orderFor(order: ClaimRecord['order'], moved: { from: LivePointer; to: LivePointer }) {
  const [from, to] = [moved.from, moved.to].map(({ version }) => JSON.stringify(version));
  return order && { ...order, request: order.request.replace(from ?? '', to ?? '') };
}

/** As long as Let's Encrypt's orders live ("Integration Guide"); one that is not done by then is given up. */
const LONGEST_OPEN = 7 * DAY;

/** The recorded order with its key, if it is for what is wanted and its certificate is not live yet. */
export function openOrder(
  order: ClaimRecord['order'],
  { revocations, now, ...subject }: Subject & { revocations: readonly Revocation[]; now: Date },
): { url: string; key: PrivateKeyPem } | undefined {
  if (order?.request !== requestOf(subject)) return undefined;
  // An instant in the future cannot be believed either.
  if (Math.abs(now.getTime() - Date.parse(order.at ?? '')) > LONGEST_OPEN) return undefined;
  const key = new PrivateKeyPem(order.key);
  const fingerprint = fingerprintOf(key);
  // An order whose key is damaged can never be finalized.
  if (fingerprint === undefined || isCompromised(revocations, fingerprint)) return undefined;
  // Its certificate is live already; the worker died, or could not clean up, after the commit.
  if (!subject.wanted.reuseKey && fingerprint === subject.live?.keyFingerprint) return undefined;
  return { url: order.url, key };
}

/** `undefined` for a damaged key. */
export function fingerprintOf(key: PrivateKeyPem): string | undefined {
  try {
    return keyFingerprint(key);
  } catch {
    return undefined;
  }
}

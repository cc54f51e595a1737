import * as z from 'zod/mini';
import { InputError } from '../common/input-error.ts';
import { ownObject } from '../common/own-object.ts';
import { parseValue } from '../common/parse-json.ts';
import { LineageName, Version } from './lineage.ts';

/** The reasons that a request may give, and their codes (RFC 5280, 5.3.1). */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export type RevocationReason = keyof typeof REVOCATION_REASONS;
const Reason = z.enum(Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]]);

/** A version that is revoked or about to be: written before the CA is asked. Instants are ISO 8601 in UTC. */
const Revocation = ownObject({
  version: Version,
  serial: z.string(),
  /** SHA-256 of the public key's SPKI. */
  keyFingerprint: z.string(),
  reason: Reason,
  askedAt: z.string(),
  /** When the CA confirmed it. */
  revokedAt: z.optional(z.string()),
});
export type Revocation = z.infer<typeof Revocation>;

/** `revoked/<name>.json`. */
export const Revocations = ownObject({ versions: z.array(Revocation) });

const Request = z.strictObject({
  revoke: LineageName,
  confirm: z.optional(z.string()),
  reason: Reason,
  version: z.optional(Version),
});
export type RevocationRequest = Omit<z.infer<typeof Request>, 'confirm'>;

/** Parses the event of `revoke`; throws {@link InputError} unless `confirm` repeats the name. */
export function parseRevocationRequest(event: unknown): RevocationRequest {
  const { confirm, ...request } = parseValue(event, Request, { where: 'event', reason: 'event-invalid' });
  if (confirm === request.revoke) return request;
  throw new InputError('not-confirmed', {
    seen: 'event: a certificate that is revoked cannot be used any more',
    remedy: `give its name again, as "confirm": "${request.revoke}"`,
  });
}

/** Adds a revocation, in place of an earlier one of the same version. */
export function withRevocation(known: readonly Revocation[], revocation: Revocation): Revocation[] {
  return [...withoutRevocation(known, revocation.version), revocation];
}

export function withoutRevocation(known: readonly Revocation[], version: string): Revocation[] {
  return known.filter((revocation) => revocation.version !== version);
}

interface Certificate {
  version: string;
  serial: string;
  keyFingerprint: string;
}

/**
 * Whether it revoked the certificate of a version, which may be archived as another version too: put back, or sent again by the
 * CA. A serial number alone is unique at one CA only (RFC 5280, 4.1.2.2).
 */
export function isRevocationOf(
  { version, serial, keyFingerprint }: Revocation,
  certificate: Certificate | undefined,
): boolean {
  if (certificate === undefined) return false;
  const isSame = serial === certificate.serial && keyFingerprint === certificate.keyFingerprint;
  return isSame || version === certificate.version;
}

/** The revocation for which the live certificate has to be replaced: its own, or one that compromised its key. */
export function revocationToReplace(
  known: readonly Revocation[],
  live: Certificate | undefined,
): Revocation | undefined {
  if (!live) return undefined;
  // After `cessationOfOperation` nothing is replaced.
  const own = known.find((one) => isRevocationOf(one, live) && one.reason !== 'cessationOfOperation');
  return own ?? known.find((one) => isCompromised([one], live.keyFingerprint));
}

/** Whether the live certificate was revoked for good: a person said that it is not needed any more. */
export function isRevokedForGood(known: readonly Revocation[], live: Certificate | undefined): boolean {
  if (revocationToReplace(known, live)) return false;
  return known.some((one) => isRevocationOf(one, live));
}

/** Whether this key must not be used again. */
export function isCompromised(known: readonly Revocation[], keyFingerprint: string): boolean {
  return known.some((one) => one.keyFingerprint === keyFingerprint && one.reason === 'keyCompromise');
}

import * as z from 'zod/mini';
import { ownObject } from '../common/own-object.ts';
import { Version } from './lineage.ts';
import { KEY_TYPES } from './renewal-file.ts';

const Instant = z.string().check(
  z.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
    'must be an instant in UTC, like 2026-11-20T02:00:00Z',
  ),
  z.refine((text) => !Number.isNaN(Date.parse(text)), 'is no day or time that there is'),
);
const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'));

const Issuer = ownObject({
  identity: z.string(),
  alsoNamed: z.optional(z.readonly(z.array(z.string()))),
  accountUri: z.optional(z.string()),
});

/** `live/<name>.json`: the live version, and what readers need to know without reading the certificate. */
export const LivePointer = ownObject({
  version: Version,
  names: z.array(z.string()),
  /** Hex, lower case, without colons. */
  serial: z.string().check(z.regex(/^[0-9a-f]+$/)),
  notBefore: Instant,
  notAfter: Instant,
  /** RFC 9773, 4.1. */
  certId: z.string(),
  issuedAt: Instant,
  /** SHA-256 of the leaf's DER, and of its public key's SPKI. */
  fingerprint: Sha256,
  keyFingerprint: Sha256,
  key: z.enum(KEY_TYPES),
  hosts: z.array(z.string()),
  serverNames: z.array(z.string()),
  sha256: ownObject({ fullchain: Sha256, privkey: Sha256 }),
  ca: z.optional(z.string()),
  /** The CA as CAA names it, its fallbacks, and the CAA values that were added for this certificate. */
  caaIssuer: z.optional(Issuer),
  caaFallbacks: z.optional(z.array(Issuer)),
  caa: z.optional(z.array(ownObject({ name: z.string(), values: z.array(z.string()) }))),
  profile: z.optional(z.string()),
  /** Hosts refuse a version older than theirs, unless this says that it was put back on purpose. */
  putBack: z.optional(z.boolean()),
  /** The archived version whose certificate and key this one has again, and the version that was live before. */
  restoredFrom: z.optional(Version),
  insteadOf: z.optional(Version),
});
export type LivePointer = z.infer<typeof LivePointer>;

/** Pretty-printed, one key a line: hosts read it with sed and grep. */
export function pointerText(pointer: LivePointer): string {
  return `${JSON.stringify(pointer, null, 2)}\n`;
}

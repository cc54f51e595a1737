import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';
import { orNone } from '../common/parse-json.ts';
import { keyTypeOf, sha256 } from './leaf.ts';
import { LivePointer } from './live-pointer.ts';
import type { ArchiveFile } from './object-keys.ts';
import type { Wanted } from './renewal-file.ts';
import { certificateFacts, isLinked } from './verify-issued.ts';

export type ArchivedPem = Record<ArchiveFile, string>;

export type VersionFacts = Omit<LivePointer, 'hosts' | 'serverNames'>;

/** The pointer's fields that follow from a version; `undefined` if its parts do not match, or one cannot be read. */
export function versionFacts(version: string, pem: ArchivedPem): VersionFacts | undefined {
  try {
    const leaf = new X509Certificate(pem.fullchain);
    const key = createPrivateKey(pem.privkey);
    const facts = certificateFacts(leaf);
    const keyType = keyTypeOf(key);
    if (!keyType || facts.names.length === 0 || !leaf.checkPrivateKey(key)) return undefined;
    if (squeezed(pem.fullchain) !== squeezed(pem.cert + pem.chain)) return undefined;
    return {
      ...facts,
      version,
      notBefore: facts.notBefore.toISOString(),
      notAfter: facts.notAfter.toISOString(),
      issuedAt: facts.notBefore.toISOString(),
      key: keyType,
      sha256: { fullchain: sha256(pem.fullchain), privkey: sha256(pem.privkey) },
    };
  } catch {
    return undefined;
  }
}

/** Whether a version could be what a renewal file wants: its names and its kind of key, and a chain of correct signatures. */
export function fitsFile(
  facts: VersionFacts,
  fullchain: string,
  wanted: Pick<Wanted, 'names' | 'key'>,
): boolean {
  const isSame =
    facts.names.length === wanted.names.length && facts.names.every((n) => wanted.names.includes(n));
  return isSame && facts.key === wanted.key && isLinked(fullchain);
}

const squeezed = (pem: string) => pem.replace(/\s+/g, '');

/**
 * The fields that only the old pointer knew. What it says of CAA is not among them: a pointer that does not fit may be planted,
 * and would have a repair let a CA into CAA, or take values of others for ours.
 */
const ONLY_THERE = ['ca', 'profile', 'restoredFrom', 'insteadOf'] as const;

/**
 * The pointer to a version, with what can still be read of the `spoilt` one. A CA or profile that is lost is taken to be the
 * wanted one: a lost pointer alone is no reason to issue.
 */
export function rebuildPointer(
  facts: VersionFacts,
  { wanted, ca, spoilt }: { wanted: Wanted; ca: string | undefined; spoilt: string | undefined },
): LivePointer {
  return {
    ...(ca !== undefined && { ca }),
    ...(wanted.profile !== undefined && { profile: wanted.profile }),
    ...remembered(spoilt),
    ...facts,
    hosts: wanted.hosts,
    serverNames: wanted.serverNames,
  };
}

function remembered(spoilt: string | undefined): Partial<LivePointer> {
  const fields: Record<string, unknown> = {};
  const read = orNone(spoilt, z.record(z.string(), z.unknown())) ?? {};
  for (const field of ONLY_THERE) {
    const parsed = LivePointer.shape[field].safeParse(read[field]);
    if (parsed.success && parsed.data !== undefined) fields[field] = parsed.data;
  }
  return fields;
}

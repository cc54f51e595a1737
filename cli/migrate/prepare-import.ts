import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { sha256 } from '../../lib/foundation/certificate/leaf.ts';
import { versionAt } from '../../lib/foundation/certificate/lineage.ts';
import { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { PrivateKeyPem } from '../../lib/foundation/certificate/private-key-pem.ts';
import { type KeyType, parseRenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import type { Stack } from '../../lib/foundation/certificate/stack.ts';
import {
  CertificateError,
  certificateFacts,
  type Issued,
  verifyIssued,
} from '../../lib/foundation/certificate/verify-issued.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import { casOf } from '../../lib/issuance/ca/rules/ca-list.ts';
import { CommandError } from '../command-error.ts';
import { carriedOver } from './carried-over.ts';
import type { FoundLineage } from './found.ts';

/** All that is written of a certificate that is taken over. */
export interface PreparedImport {
  name: string;
  /** The text of renewal/<name>.json. */
  file: string;
  pointer: LivePointer;
  issued: Issued;
  key: PrivateKeyPem;
  notCarried: string[];
}

export interface ImportContext {
  stack: Stack;
  hosts: readonly string[];
  now: Date;
}

const CURVES: Record<string, KeyType> = { prime256v1: 'ecdsa-p256', secp384r1: 'ecdsa-p384' };
const RSA: Record<number, KeyType> = { 2048: 'rsa-2048', 3072: 'rsa-3072', 4096: 'rsa-4096' };
const REFUSALS: Partial<Record<CertificateError['reason'], string>> = {
  'key-mismatch': 'its key is not the one that the certificate was made for',
  'chain-malformed': 'its certificate or chain cannot be parsed, or has no issuer',
};

/** What is written for a found certificate; throws {@link InputError} in one line when it cannot be taken over whole. */
export function prepareImport(found: FoundLineage, context: ImportContext): PreparedImport {
  const { stack, hosts, now } = context;
  renewalKey(found.name);
  const key = parseKey(found.key);
  const pem = new PrivateKeyPem(key.export({ type: 'pkcs8', format: 'pem' }).toString());
  const issued = verify(found.fullchain, pem, now);
  const { facts } = issued;
  const { ca, profile, renewBeforeDays, notCarried: left } = carriedOver(found, facts, stack);
  // A file that asks for no other CA than the stack's keeps the certificate.
  const isOther = ca !== undefined && !casOf({}, stack).includes(ca);
  const wanted = {
    names: facts.names,
    hosts,
    key: keyTypeOf(key),
    ...(isOther && { ca }),
    ...(profile !== undefined && { profile }),
    ...(renewBeforeDays !== undefined && { renewBeforeDays }),
    ...(found.reuseKey && { reuseKey: true }),
  };
  const file = `${JSON.stringify(wanted, null, 2)}\n`;
  const parsed = parseRenewalFile(file, found.name, stack);
  const pointer = LivePointer.parse({
    ...facts,
    version: versionAt(facts.notBefore, facts.fingerprint.slice(0, 6)),
    notBefore: facts.notBefore.toISOString(),
    notAfter: facts.notAfter.toISOString(),
    issuedAt: facts.notBefore.toISOString(),
    key: parsed.key,
    hosts: parsed.hosts,
    serverNames: parsed.serverNames,
    sha256: { fullchain: sha256(issued.fullchain), privkey: sha256(pem.reveal()) },
    ...(ca !== undefined && { ca }),
    ...(profile !== undefined && { profile }),
  });
  const account = isOther ? [`account at ${ca}: it stays with that CA, with an account of the stack`] : [];
  const notCarried = [...found.notCarried, ...left, ...account];
  return { name: found.name, file, pointer, issued, key: pem, notCarried };
}

function parseKey(key: PrivateKeyPem): KeyObject {
  try {
    return createPrivateKey(key.reveal());
  } catch {
    throw new CommandError(
      'key-unreadable',
      'its key cannot be read: it is no key in PEM, or has a passphrase',
    );
  }
}

function verify(fullchain: string, key: PrivateKeyPem, now: Date): Issued {
  try {
    const leaf = new X509Certificate(fullchain);
    const others = (leaf.subjectAltName ?? '')
      .split(', ')
      .filter((entry) => entry && !entry.startsWith('DNS:'));
    if (others.length > 0)
      throw new CommandError('not-dns-names', {
        seen: `it lists ${others.join(', ')}`,
        remedy: 'only DNS names can be proved by DNS-01',
      });
    return verifyIssued(fullchain, { key, names: certificateFacts(leaf).names, now });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const known = error instanceof CertificateError;
    const reason = known ? error.reason : 'chain-malformed';
    throw new CommandError(reason, REFUSALS[reason] ?? (known ? error.message : ''));
  }
}

function keyTypeOf(key: KeyObject): KeyType {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const type = namedCurve === undefined ? RSA[modulusLength ?? 0] : CURVES[namedCurve];
  if (type !== undefined) return type;
  const words = [key.asymmetricKeyType, namedCurve ?? modulusLength]
    .filter((word) => word !== undefined)
    .join(' ');
  throw new CommandError('key-type-unknown', {
    seen: `its key type (${words}) is none of ours`,
    remedy: 'use "perennial-tls add" to have it issued with another',
  });
}

import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { archiveKey, revokedKey } from '../../foundation/certificate/object-keys.ts';
import { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import type { KeyType } from '../../foundation/certificate/renewal-file.ts';
import { isCompromised } from '../../foundation/certificate/revocation.ts';
import { keyFingerprint } from '../../foundation/certificate/verify-issued.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { parseRevocations } from '../revocation/read-revocations.ts';
import type { BatchDeps, Checked } from './phases.ts';

const generate = promisify(generateKeyPair);

/** A new key, or where the file asks for it the one of the live version, unless that is of another type or compromised. */
export async function keyFor(deps: BatchDeps, renewal: Checked): Promise<PrivateKeyPem> {
  const { wanted } = renewal;
  return (wanted.reuseKey && (await liveKeyOf(deps, renewal))) || generateKey(wanted.key);
}

async function liveKeyOf(
  { store, warn }: BatchDeps,
  { name, live, wanted }: Checked,
): Promise<PrivateKeyPem | undefined> {
  if (!live || live.pointer.key !== wanted.key) return undefined;
  const { version, keyFingerprint: expected } = live.pointer;
  const newInstead = (why: string) => {
    warn(`key-not-reused: ${name} gets a new key: ${why}`);
    return undefined;
  };
  const [stored, revoked] = await Promise.all([
    store.get(archiveKey(name, version, 'privkey')),
    store.get(revokedKey(name)),
  ]);
  try {
    const revocations = parseRevocations(name, revoked?.body);
    if (isCompromised(revocations, expected)) return newInstead(`the one of ${version} is compromised`);
  } catch (error) {
    return newInstead(describeError(error).message);
  }
  const key = new PrivateKeyPem(stored?.body ?? '');
  return isKey(key, expected) ? key : newInstead(`the one of ${version} is not its certificate's`);
}

function isKey(key: PrivateKeyPem, fingerprint: string): boolean {
  try {
    return keyFingerprint(key) === fingerprint;
  } catch {
    return false;
  }
}

export async function generateKey(type: KeyType): Promise<PrivateKeyPem> {
  const { privateKey } = type.startsWith('rsa-')
    ? await generate('rsa', { modulusLength: Number(type.slice('rsa-'.length)) })
    : await generate('ec', { namedCurve: type === 'ecdsa-p384' ? 'P-384' : 'P-256' });
  return new PrivateKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

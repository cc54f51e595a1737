import { generateKeyPair, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import type { KeyType } from '../../foundation/certificate/renewal-file.ts';
import type { Runtime } from '../../foundation/runtime.ts';

const generate = promisify(generateKeyPair);

/** Node's own timers, chance and keys. */
export const nodeRuntime: Runtime = {
  elapsed: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  fraction: () => Math.random(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  newKey: generateKey,
};

async function generateKey(type: KeyType): Promise<PrivateKeyPem> {
  const { privateKey } = type.startsWith('rsa-')
    ? await generate('rsa', { modulusLength: Number(type.slice('rsa-'.length)) })
    : await generate('ec', { namedCurve: type === 'ecdsa-p384' ? 'P-384' : 'P-256' });
  return new PrivateKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

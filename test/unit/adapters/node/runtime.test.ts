import { createPrivateKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { nodeRuntime } from '../../../../lib/adapters/node/runtime.ts';
import type { KeyType } from '../../../../lib/foundation/certificate/renewal-file.ts';

it.each<[KeyType, string, object]>([
  ['ecdsa-p256', 'ec', { namedCurve: 'prime256v1' }],
  ['ecdsa-p384', 'ec', { namedCurve: 'secp384r1' }],
  ['rsa-2048', 'rsa', { modulusLength: 2048 }],
  ['rsa-3072', 'rsa', { modulusLength: 3072 }],
  ['rsa-4096', 'rsa', { modulusLength: 4096 }],
])('a key that is asked for as %s is one', async (type, kind, details) => {
  const key = createPrivateKey((await nodeRuntime.newKey(type)).reveal());
  expect(key.asymmetricKeyType).toBe(kind);
  expect(key.asymmetricKeyDetails).toMatchObject(details);
});

it('two keys are never the same', async () => {
  const [a, b] = await Promise.all([nodeRuntime.newKey('ecdsa-p256'), nodeRuntime.newKey('ecdsa-p256')]);
  expect(a.reveal()).not.toBe(b.reveal());
});

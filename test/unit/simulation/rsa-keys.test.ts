import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { Random } from '../../simulation/engine/random.ts';
import { RsaKeys } from '../../simulation/keys/rsa-keys.ts';

const spkiOf = (keys: RsaKeys) =>
  createPublicKey(createPrivateKey(keys.next().reveal()))
    .export({ type: 'spki', format: 'der' })
    .toString('hex');

it('makes RSA keys of 2048 bits, the same ones of the same seed', () => {
  const keys = new RsaKeys(new Random(1n, 'rsa-keys'));
  const again = new RsaKeys(new Random(1n, 'rsa-keys'));
  const key = createPrivateKey(new RsaKeys(new Random(2n, 'rsa-keys')).next().reveal());
  expect(key.asymmetricKeyType).toBe('rsa');
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  const made = [spkiOf(keys), spkiOf(keys), spkiOf(keys)];
  expect(new Set(made).size).toBe(3);
  expect([spkiOf(again), spkiOf(again), spkiOf(again)]).toEqual(made);
});

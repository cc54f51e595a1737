import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
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

it('makes no key twice, however many a run of ten years takes, and each signs', () => {
  const keys = new RsaKeys(new Random(3n, 'rsa-keys'));
  const made = Array.from({ length: 900 }, () => createPrivateKey(keys.next().reveal()));
  const text = Buffer.from('text');
  for (const key of made.filter((_, index) => index % 100 === 0))
    expect(verify('sha256', text, createPublicKey(key), sign('sha256', text, key))).toBe(true);
  const moduli = made.map((key) => createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  expect(new Set(moduli).size).toBe(900);
});

import { describe, expect, it } from 'vitest';
import { Csrs } from '../../../../lib/adapters/acme/csrs.ts';
import { PrivateKeyPem } from '../../../../lib/foundation/certificate/private-key-pem.ts';
import { newKey } from '../../../fakes/certificates.ts';

const names = ['example.com'];

describe('a certificate request', () => {
  it('is made once for a key, and for each key its own', async () => {
    const csrs = new Csrs();
    const subject = { key: newKey(), names };
    const first = await csrs.of(subject);
    expect(await csrs.of(subject)).toBe(first);
    expect(await csrs.of({ key: newKey(), names })).not.toBe(first);
  });

  it('cannot be made with a key that is none, however often it is asked for', async () => {
    const csrs = new Csrs();
    const subject = { key: new PrivateKeyPem('no key'), names };
    await expect(csrs.of(subject)).rejects.toThrow();
    await expect(csrs.of(subject)).rejects.toThrow();
  });
});

import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseChain } from '../../lib/issuance/ca/rules/preferred-chain.ts';
import { type Ca, issue, startCa } from './ca-fixture.ts';

let ca: Ca;
beforeAll(async () => {
  ca = await startCa({ PEBBLE_ALTERNATE_ROOTS: '2', PEBBLE_CHAIN_LENGTH: '2' });
});
afterAll(() => ca?.pebble.stop());

const rootOf = (chain: string) => {
  const top = chain.split('-----BEGIN CERTIFICATE-----').at(-1);
  return new X509Certificate(`-----BEGIN CERTIFICATE-----${top}`).issuer.replace('CN=', '');
};

describe('a CA with several roots', () => {
  it('gives its own chain, and the others when they are asked for', async () => {
    expect((await issue(ca, { names: ['a.example.com'] })).chains).toHaveLength(1);
    const { chains } = await issue(ca, { names: ['a.example.com'] }, { alternates: true });
    expect(chains).toHaveLength(3);
    const roots = chains.map(rootOf);
    expect(new Set(roots).size).toBe(3);
    for (const [index, root] of roots.entries())
      expect(chooseChain(chains, root)).toEqual({ chain: chains[index] });
    expect(chooseChain(chains, 'No Such Root')).toEqual({ chain: chains[0], offeredInstead: roots });
  });
});

describe('a profile that the CA does not have', () => {
  it('is refused with the list of those it has', async () => {
    const order = ca.authority.createOrder({ names: ['a.example.com'], profile: 'forever' });
    await expect(order).rejects.toMatchObject({
      reason: 'profile-unknown',
      message: expect.stringMatching(
        /^the CA 127\.0\.0\.1:\d+ has no profile "forever"; it has classic, shortlived, tlsserver$/,
      ),
    });
  });
});

describe('a certificate that is revoked', () => {
  it('is so at the CA, with the reason, and may be revoked again', async () => {
    const { chains, serial } = await issue(ca, { names: ['revoked.example.com'] });
    await ca.authority.revoke(chains[0], 'keyCompromise');
    await ca.authority.revoke(chains[0], 'keyCompromise');
    const status = JSON.parse(await ca.pebble.manage(`cert-status-by-serial/${serial.replace(/^0+/, '')}`));
    expect(status).toMatchObject({ Status: 'Revoked', Reason: 1 });
  });
});

import { describe, expect, it } from 'vitest';
import { chooseChain } from '../../../lib/issuance/ca/rules/preferred-chain.ts';
import { makeCa } from '../../fakes/certificates.ts';

const [first, second] = [(await makeCa('First')).issuer, (await makeCa('Second')).issuer];

describe('of the chains that a CA offers', () => {
  it.each([
    [undefined, { chain: first }],
    ['First Root', { chain: first }],
    ['Second Root', { chain: second }],
    ['Second', { chain: first, offeredInstead: ['First Root', 'Second Root'] }],
    ['Third Root', { chain: first, offeredInstead: ['First Root', 'Second Root'] }],
  ])('%s takes %o', (preferred, chosen) => {
    expect(chooseChain([first, second], preferred)).toEqual(chosen);
  });

  it.each(['', '<html>', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'one that cannot be read is none: %j',
    (chain) => {
      expect(chooseChain([chain, second], 'Second Root')).toEqual({ chain: second });
      expect(chooseChain([chain], 'Second Root')).toEqual({ chain, offeredInstead: [] });
    },
  );
});

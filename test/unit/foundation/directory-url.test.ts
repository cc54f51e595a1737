import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DIRECTORY_URL } from '../../../lib/foundation/certificate/directory-url.ts';

it.each([
  'https://acme-v02.api.letsencrypt.org/directory',
  'https://acme.zerossl.com/v2/DV90',
  'https://dv.acme-v02.api.pki.goog/directory',
  'https://acme.example.com/',
  'https://127.0.0.1:14000/dir',
  'https://ca.test:65535/a//b?type=x',
])('%s is the address of a directory', (address) => {
  expect(address).toMatch(DIRECTORY_URL);
});

it.each([
  ['plain http', 'http://ca.test/directory'],
  ['a user', 'https://user:secret@ca.test/directory'],
  ['a user that looks like a host', 'https://acme-v02.api.letsencrypt.org@ca.test/directory'],
  ['an upper-case host', 'https://CA.test/directory'],
  ['no path', 'https://ca.test'],
  ['the port that https has anyway', 'https://ca.test:443/directory'],
  ['a port with a nought', 'https://ca.test:0443/directory'],
  ['a port that none is', 'https://ca.test:65536/directory'],
  ['a dot segment', 'https://ca.test/a/../directory'],
  ['a dot segment at its end', 'https://ca.test/directory/.'],
  ['an escaped dot segment', 'https://ca.test/a/%2e%2e/directory'],
  ['a fragment', 'https://ca.test/directory#a'],
  ['a short form of an address', 'https://127.1/directory'],
  ['an address in hex', 'https://0x7f.0.0.1/directory'],
  ['an address in octal', 'https://0177.0.0.1/directory'],
  ['IPv6', 'https://[::1]/directory'],
  ['a dot at the end of the host', 'https://ca.test./directory'],
  ['a blank', 'https://ca.test/a b'],
  ['a comma, which parts a list', 'https://ca.test/a,b'],
  ['a backslash', 'https://ca.test\\@other.test/directory'],
  ['a line break', 'https://ca.test/directory\n'],
])('%s is refused', (_, address) => {
  expect(address).not.toMatch(DIRECTORY_URL);
});

it('has one form only: what passes is what a URL parser makes of it', () => {
  const pieces = [
    'a',
    'Z',
    '9',
    '.',
    '..',
    '/',
    '//',
    '-',
    '_',
    '@',
    ':',
    ':443',
    ':08',
    '?',
    '=',
    '#',
    '%2e',
  ];
  const others = [
    '127.0.0.1',
    '127.1',
    '0x7f',
    'xn--a',
    '\\',
    '\t',
    '[::1]',
    'ca.test',
    '/dir',
    ':14000',
    '256',
  ];
  const text = fc.array(fc.constantFrom(...pieces, ...others), { maxLength: 7 });
  let passed = 0;
  fc.assert(
    fc.property(text, (parts) => {
      const address = `https://${parts.join('')}`;
      if (!DIRECTORY_URL.test(address)) return;
      passed += 1;
      const { href, username } = new URL(address);
      expect({ href, username }).toEqual({ href: address, username: '' });
    }),
    { numRuns: 20_000 },
  );
  expect(passed).toBeGreaterThan(50);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import type { Stack } from '../../../lib/foundation/certificate/stack.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';

const stack = stackOf({
  domains: ['example.com', 'a.example.org'],
  hostGroups: ['web', 'api'].map(hostGroup),
  zoneRoles: [zoneRole('dns')],
});
const parse = (text: string) => parseRenewalFile(text, 'shop', stack);
const wanted = (file: object) => parse(JSON.stringify({ names: ['example.com'], ...file }));
const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example.com`);

describe('a renewal file', () => {
  it('needs nothing but names', () => {
    expect(parse('{"names": ["example.com", "*.example.com"]}')).toEqual({
      name: 'shop',
      names: ['example.com', '*.example.com'],
      key: 'ecdsa-p256',
      hosts: [],
      serverNames: [],
      caa: { mode: 'manage', restrict: false },
    });
  });

  it('may say all there is to say', () => {
    const file = {
      names: ['example.com', '*.a.example.org'],
      key: 'rsa-4096',
      hosts: ['web', 'api'],
      serverNames: ['example.com', 'www.a.example.org'],
      ca: ['https://acme.example/directory'],
      profile: 'tlsserver',
      renewBeforeDays: 20.5,
      zoneRole: 'dns',
      caa: { mode: 'check', restrict: false },
      acm: [{ region: 'us-east-1' }, { region: 'eu-central-1' }],
      probe: true,
    };
    expect(wanted(file)).toEqual({ name: 'shop', ...file });
  });

  it.each(['ecdsa-p256', 'ecdsa-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'])('may ask for %s', (key) => {
    expect(wanted({ key }).key).toBe(key);
  });

  it('may name one CA', () => {
    expect(wanted({ ca: 'https://a.test/d' }).ca).toEqual(['https://a.test/d']);
  });

  it('may list five CAs', () => {
    const ca = [1, 2, 3, 4, 5].map((n) => `https://${n}.test/d`);
    expect(wanted({ ca }).ca).toEqual(ca);
  });

  it('may list 100 names', () => {
    expect(wanted({ names: names(100) }).names).toHaveLength(100);
  });
});

describe('a renewal file is rejected with a line that says where and what', () => {
  it.each([
    ['is empty', '', 'is not JSON'],
    ['is not JSON', '{"names": [example.com]}', 'is not JSON'],
    ['is cut off', '{"names": ["example.com"', 'is not JSON'],
    ['is a list', '["example.com"]', 'must be of type object'],
    ['is null', 'null', 'must be of type object'],
  ])('when it %s', (_, text, complaint) => {
    expect(() => parse(text)).toThrow(complaint);
    expect(() => parse(text)).toThrow(/^renewal\/shop\.json: [\x20-\x7e]+$/);
  });

  it.each<[string, object, string]>([
    ['has an unknown key', { name: 'x' }, 'unknown key "name"'],
    ['has unknown keys', { a: 1, 'b\nc': 2 }, 'unknown key "a", "b\\nc"'],
    ['has an unknown key deeper', { caa: { modes: 'off' } }, 'caa: unknown key "modes"'],
    ['has no names', { names: undefined }, 'names: is missing; give it as array'],
    ['has a name instead of names', { names: 'example.com' }, 'names: must be of type array'],
    ['lists no name', { names: [] }, 'names: lists no name'],
    ['lists a number', { names: ['example.com', 1] }, 'names[1]: must be of type string'],
    [
      'lists a name twice',
      { names: ['example.com', 'www.example.com', 'example.com'] },
      'lists "example.com" twice',
    ],
    ['lists over 100 names', { names: names(101) }, 'names: lists over 100 names'],
    ['lists an IPv4 address', { names: ['192.0.2.1'] }, 'names[0]: "192.0.2.1" is an IP address'],
    ['lists an IPv6 address', { names: ['2001:db8::1'] }, 'names[0]: "2001:db8::1" is an IP address'],
    [
      'has a wildcard in the middle',
      { names: ['a.*.example.com'] },
      'names[0]: "a.*.example.com" has a wildcard',
    ],
    [
      'has two wildcards',
      { names: ['*.*.example.com'] },
      'has a wildcard that is not the whole leftmost label',
    ],
    ['has part of a label wild', { names: ['w*.example.com'] }, 'has a wildcard'],
    [
      'has a path in a name',
      { names: ['example.com/../x'] },
      'names[0]: "example.com/../x" is not a DNS name',
    ],
    ['has a scheme in a name', { names: ['https://example.com'] }, 'is not a DNS name'],
    ['has a port in a name', { names: ['example.com:443'] }, 'is not a DNS name'],
    ['has a homograph', { names: ['ex\u0430mple.com'] }, 'names[0]: "ex\\u0430mple.com" is not plain ASCII'],
    [
      'has control characters',
      { names: ['example.com\u0000\n'] },
      '"example.com\\u0000\\n" has a space or a control character',
    ],
    ['turns the line around', { names: ['\u202emoc.elpmaxe'] }, '"\\u202emoc.elpmaxe" is not plain ASCII'],
    ['has a line separator', { names: ['example\u2028.com'] }, '"example\\u2028.com" is not plain ASCII'],
    ['has 300 characters in a name', { names: [`${'a.'.repeat(144)}example.com`] }, 'has 299 characters'],
    [
      'has a name outside the domains',
      { names: ['www.example.net'] },
      'add "www.example.net" to domains in settings.yml',
    ],
    [
      'has a wildcard outside',
      { names: ['*.example.co.uk'] },
      'add "example.co.uk" to domains in settings.yml',
    ],
    ['has a name that only ends like a domain', { names: ['badexample.com'] }, "outside the stack's domains"],
    ['has the parent of a domain', { names: ['*.example.org'] }, "outside the stack's domains"],
    ['asks for an unknown key type', { key: 'dsa' }, 'key: must be one of ecdsa-p256, ecdsa-p384'],
    [
      'asks for an unknown zone role',
      { zoneRole: 'other' },
      'zone role "other" is not one of dns; add it to zoneRoles in settings.yml, as in other: {',
    ],
    ['asks for an unknown host group', { hosts: ['db'] }, 'host group "db" is not one of web, api'],
    ['asks for a CA without TLS', { ca: 'http://acme.example' }, 'ca[0]: must be the https address'],
    ['asks for one of its CAs without TLS', { ca: ['http://a.test'] }, 'ca[0]: must be the https address'],
    ['lists no CA', { ca: [] }, 'ca: lists no CA'],
    ['lists six CAs', { ca: [1, 2, 3, 4, 5, 6].map((n) => `https://${n}.test/d`) }, 'ca: lists over 5 CAs'],
    [
      'lists a CA twice',
      { ca: ['https://a.test/d', 'https://b.test/d', 'https://a.test/d'] },
      'ca: lists "https://a.test/d" twice',
    ],
    ['asks for a CA by number', { ca: 1 }, 'ca: must be of type array'],
    ['asks for an impossible profile', { profile: 'a b' }, 'profile: is not a profile name'],
    ['asks for renewal after expiry', { renewBeforeDays: 0 }, 'renewBeforeDays: must be over 0'],
    ['asks for renewal years before', { renewBeforeDays: 366 }, 'renewBeforeDays: must be at most 365'],
    ['has days in words', { renewBeforeDays: '30' }, 'renewBeforeDays: must be of type number'],
    ['asks for an unknown CAA mode', { caa: { mode: 'on' } }, 'caa.mode: must be one of manage, check, off'],
    ['allows a CA by a wildcard', { caa: { alsoAllow: ['*.ca.test'] } }, 'is a wildcard; write the names'],
    ['allows a CA twice', { caa: { alsoAllow: ['ca.test', 'ca.test'] } }, 'lists "ca.test" twice'],
    [
      'allows 21 CAs',
      { caa: { alsoAllow: Array.from({ length: 21 }, (_, n) => `ca${n}.test`) } },
      'lists over 20 CAs',
    ],
    ['tells of refusals at a quote', { caa: { iodef: 'mailto:"a"@example.com' } }, 'without quotes'],
    ['tells of refusals at a backslash', { caa: { iodef: 'mailto:a\\@example.com' } }, 'without quotes'],
    ['asks hosts for a wildcard', { names: ['*.example.com'], serverNames: ['*.example.com'] }, 'a wildcard'],
    ['serves a name it does not list', { serverNames: ['www.example.com'] }, 'which names does not cover'],
    [
      'serves two labels below a wildcard',
      { names: ['*.example.com'], serverNames: ['a.b.example.com'] },
      'does not cover',
    ],
  ])('when it %s', (_, file, complaint) => {
    expect(() => wanted(file)).toThrow(complaint);
    expect(() => wanted(file)).toThrow(/^renewal\/shop\.json: [\x20-\x7e]+$/);
  });

  it('whatever it holds', () => {
    const values = fc.oneof(fc.jsonValue(), fc.string(), fc.array(fc.string()), fc.domain());
    const file = fc.dictionary(
      fc.oneof(fc.constantFrom('names', 'key', 'hosts', 'ca', 'caa', 'serverNames', 'zoneRole'), fc.string()),
      values,
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      file.map((content) => JSON.stringify(content)),
    );
    fc.assert(
      fc.property(text, (content) => {
        try {
          parse(content);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^renewal\/shop\.json: [\x20-\x7e]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('params.cas', () => {
  const trusted = 'https://a.test/directory';
  const stack = stackOf({ cas: [trusted], fallbackCas: ['https://b.test/directory'] });
  const parse = (ca: unknown, of: Stack = stack) =>
    parseRenewalFile(JSON.stringify({ names: ['example.com'], ca }), 'shop', of);

  it("lists the directories that files may name, besides the stack's own", () => {
    const cas = [trusted, stack.defaultCa, ...stack.fallbackCas];
    expect(parse(cas).ca).toEqual(cas);
    expect(() => parse([trusted, 'https://evil.test/directory'])).toThrow(
      'renewal/shop.json: ca "https://evil.test/directory" is not one of https://a.test/directory, https://ca.test/directory, https://b.test/directory; add it to cas',
    );
  });

  it('lets files name any where it is empty, in one form of its address', () => {
    expect(parse('https://evil.test/directory', stackOf()).ca).toEqual(['https://evil.test/directory']);
    for (const other of [
      'https://me:x@ca.test/d',
      'https://CA.test/d',
      'https://ca.test:443/d',
      'http://ca.test/d',
    ])
      expect(() => parse(other, stackOf()), other).toThrow('must be the https address of an ACME directory');
  });
});

it('names no more host groups than the tag of an object in S3 takes', () => {
  const groups = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `${index}`.padStart(length, 'g'));
  const parseWith = (hosts: string[]) =>
    parseRenewalFile(
      JSON.stringify({ names: ['example.com'], hosts }),
      'shop',
      stackOf({ domains: ['example.com'], hostGroups: hosts.map(hostGroup) }),
    );
  // A colon before each, and one at the end: 256 characters.
  expect(parseWith(groups(5, 50)).hosts).toHaveLength(5);
  expect(() => parseWith([...groups(4, 50), 'g'.repeat(51)])).toThrow(
    'hosts: 5 groups make 257 characters, and the tag of an object in S3 takes 256',
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineageName, nextVersion, Version, versionAt } from '../../../lib/foundation/certificate/lineage.ts';
import {
  archiveKey,
  hostKey,
  instanceIdsIn,
  liveCopyKey,
  liveKey,
  nameIn,
  namesIn,
  pendingKey,
  renewalKey,
  stateKey,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';

const NOW = new Date('2026-11-20T18:45:02.999Z');
const VERSION = '20261120T184502Z-3f9a2c';

describe('a version', () => {
  it('is the instant in UTC and something random', () => {
    expect(versionAt(NOW, '3f9a2c')).toBe(VERSION);
  });

  it.each([
    ['is the first', undefined, VERSION],
    ['follows an older one', '20261120T184501Z-ffffff', VERSION],
    ['follows one of the same second that sorts before', '20261120T184502Z-000000', VERSION],
    ['follows one of the same second that sorts after', '20261120T184502Z-ffffff', '20261120T184503Z-3f9a2c'],
    ['follows one of a clock that was ahead', '20261231T235959Z-000000', '20270101T000000Z-3f9a2c'],
  ])('%s', (_, previous, version) => {
    expect(nextVersion(previous, NOW, '3f9a2c')).toBe(version);
  });

  it('only grows, whatever the clocks say', () => {
    const instant = fc.date({
      min: new Date('2000-01-01'),
      max: new Date('2100-01-01'),
      noInvalidDate: true,
    });
    const random = fc.stringMatching(/^[0-9a-f]{6}$/);
    fc.assert(
      fc.property(instant, random, instant, random, (first, a, second, b) => {
        const previous = versionAt(first, a);
        const next = nextVersion(previous, second, b);
        expect(Version.safeParse(next).success).toBe(true);
        expect(next > previous || next === previous).toBe(true);
        if (a !== b) expect(next).not.toBe(previous);
      }),
    );
  });
});

describe('a lineage name', () => {
  it.each(['example.com', 'shop', 'a', '0', 'www.example.com-0001', 'a_b', 'x'.repeat(128)])(
    'may be %s',
    (name) => {
      expect(LineageName.safeParse(name).success).toBe(true);
    },
  );

  const bad = [
    '',
    '*.example.com',
    '../x',
    '..',
    '.',
    'a/b',
    'a..b',
    '.a',
    'a.',
    '-a',
    '_a',
    'A',
    'a b',
    'ä',
    'a\n',
    'a\0',
    '$(x)',
    'x'.repeat(129),
  ];

  it.each(bad)('may not be %j, in no key', (name) => {
    for (const key of [renewalKey, stateKey, pendingKey, liveKey])
      expect(() => key(name)).toThrow(InputError);
    expect(() => liveCopyKey(name, 'cert')).toThrow(InputError);
    expect(() => archiveKey(name, VERSION, 'cert')).toThrow(InputError);
  });

  it('never leads out of its folder', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, version) => {
        try {
          expect(archiveKey(name, version, 'privkey').split('/')).toEqual([
            'archive',
            name,
            version,
            'privkey.pem',
          ]);
          expect(`${name}/${version}`).not.toMatch(/\.\.|[^\x21-\x7e]/);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^[\x20-\x7e]+$/);
        }
      }),
    );
  });
});

describe('object keys', () => {
  it("are certbot's folders", () => {
    expect(archiveKey('shop', VERSION, 'fullchain')).toBe(`archive/shop/${VERSION}/fullchain.pem`);
    expect([
      renewalKey('shop'),
      stateKey('shop'),
      pendingKey('shop'),
      liveKey('shop'),
      liveCopyKey('shop', 'bundle'),
    ]).toEqual([
      'renewal/shop.json',
      'state/shop.json',
      'pending/shop.json',
      'live/shop.json',
      'live/shop/bundle.pem',
    ]);
    expect([hostKey('i-0123456789abcdef0'), hostKey('mi-0123456789abcdef0')]).toEqual([
      'hosts/i-0123456789abcdef0.json',
      'hosts/mi-0123456789abcdef0.json',
    ]);
  });

  it.each(['', '1', '../x', 'v1', `${VERSION}/`, `${VERSION}\n`])('refuse the version %j', (version) => {
    expect(() => archiveKey('shop', version, 'cert')).toThrow(InputError);
  });

  it.each(['', 'i-', 'i-../../x', 'i-0123456789abcdef0/', 'web-1'])('refuse the instance id %j', (id) => {
    expect(() => hostKey(id)).toThrow(InputError);
  });

  it.each([
    ['renewal/shop.json', 'renewal/', 'shop'],
    ['renewal/shop.json.json', 'renewal/', 'shop.json'],
    ['live/www.example.com-0001.json', 'live/', 'www.example.com-0001'],
  ])('%s below %s is of %s', (key, prefix, name) => {
    expect(nameIn(key, prefix)).toEqual({ name });
    expect(namesIn([{ key }, { key: `${prefix}.DS_Store` }], prefix)).toEqual([name]);
  });

  it.each([
    ['renewal/shop.txt', 'shop.txt', 'bad-key', 'renewal/shop.txt: give the file a name that ends in .json'],
    ['renewal/.DS_Store', '.DS_Store', 'bad-key', 'ends in .json'],
    ['renewal/', '', 'bad-key', 'ends in .json'],
    ['renewal/shop', 'shop', 'bad-key', 'ends in .json'],
    ['live/shop.json', 'p', 'bad-key', 'ends in .json'],
    ['renewal/.json', '', 'bad-lineage-name', 'rename it'],
    [
      'renewal/*.example.com.json',
      '*.example.com',
      'bad-lineage-name',
      'rename it, for example to example.com',
    ],
    ['renewal/../state/shop.json', '../state/shop', 'bad-lineage-name', 'rename it'],
    ['renewal/team-a/shop.json', 'team-a/shop', 'bad-lineage-name', 'rename it'],
    ['renewal/$(id).json', '$(id)', 'bad-lineage-name', 'rename it'],
    ['renewal/SHOP.json', 'SHOP', 'bad-lineage-name', 'rename it'],
    [`renewal/${'x'.repeat(129)}.json`, 'x'.repeat(129), 'bad-lineage-name', 'longer than 128 characters'],
    ['renewal/sh\nop.json', 'sh\nop', 'bad-lineage-name', 'renewal/sh\\nop.json: the name may hold only'],
  ])('%j is of none', (key, rejected, reason, complaint) => {
    expect(nameIn(key, 'renewal/')).toEqual({
      rejected,
      key,
      error: expect.objectContaining({ reason, message: expect.stringContaining(complaint) }),
    });
    expect(namesIn([{ key }], 'renewal/')).toEqual([]);
  });

  it('are of hosts where an instance id stands in them', () => {
    const ids = ['i-0123456789abcdef0', 'mi-0123456789abcdef0', 'i-../../x', 'web-1', ''];
    const keys = [...ids.map((id) => `hosts/${id}.json`), 'hosts/i-0123456789abcdef0', 'hosts/.DS_Store'];
    expect(instanceIdsIn(keys.map((key) => ({ key })))).toEqual(ids.slice(0, 2));
  });
});

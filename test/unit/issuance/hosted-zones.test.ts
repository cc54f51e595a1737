import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { settleZone, zonesFor } from '../../../lib/issuance/dns/rules/hosted-zones.ts';

const zone = (name: string, id = name, isPrivate = false) => ({ id, name, isPrivate });
const ZONES = [
  zone('example.com'),
  zone('b.example.com'),
  zone('ample.com'),
  zone('example.com', 'private', true),
];

describe('the hosted zone of a name', () => {
  it.each([
    ['example.com', 'example.com'],
    ['a.example.com', 'example.com'],
    ['b.example.com', 'b.example.com'],
    ['a.b.example.com', 'b.example.com'],
    ['ab.example.com', 'example.com'],
  ])('of %s is %s', (name, id) => {
    expect(zonesFor(name, ZONES).map((found) => found.id)).toEqual([id]);
  });

  it('is one of several where zones of one name exist', () => {
    const zones = [zone('example.com', 'old'), zone('example.com', 'new'), zone('com')];
    expect(zonesFor('www.example.com', zones).map(({ id }) => id)).toEqual(['old', 'new']);
  });

  it.each(['com', 'badexample.com', 'example.org'])('is asked for where %s has none', (name) => {
    expect(() => zonesFor(name, ZONES)).toThrow(InputError);
    expect(() => zonesFor(name, ZONES)).toThrow(
      `no public hosted zone on Route 53 holds ${name}; create one`,
    );
  });

  it('is not a private one, and that is said', () => {
    const zones = [zone('corp.example', 'Z1', true)];
    expect(() => zonesFor('www.corp.example', zones)).toThrow(
      'www.corp.example lies only in the private hosted zone corp.example (Z1), which no CA can see',
    );
  });
});

describe('of two public zones of one name', () => {
  const candidates = [
    { zone: zone('example.com', 'old'), nameServers: ['ns1.old.test', 'ns2.old.test'] },
    { zone: zone('example.com', 'new'), nameServers: ['ns1.new.test', 'ns2.new.test'] },
  ];

  it('the one that the public DNS names is taken', () => {
    expect(settleZone(candidates, ['ns2.new.test', 'ns1.new.test']).id).toBe('new');
  });

  it.each([[[]], [['ns.elsewhere.test']]])('none is taken when the public DNS says %j', (servers) => {
    expect(() => settleZone(candidates, servers)).toThrow('has 2 public hosted zones (old, new)');
  });
});

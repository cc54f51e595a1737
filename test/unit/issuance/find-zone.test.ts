import { describe, expect, it } from 'vitest';
import { zoneFinder } from '../../../lib/issuance/dns/find-zone.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';

async function finderOver(zones: FakeZones, change: (resolver: FakeResolver) => void = () => {}) {
  const resolver = new FakeResolver(zones);
  change(resolver);
  return zoneFinder({ zones, resolver }, await zones.list());
}

describe('the zone that answers for a name', () => {
  it('is the one with the longest suffix', async () => {
    const find = await finderOver(new FakeZones('example.com', 'b.example.com'));
    expect((await find('_acme-challenge.a.b.example.com')).name).toBe('b.example.com');
    expect((await find('_acme-challenge.a.example.com')).name).toBe('example.com');
  });

  it('is none where a name between is delegated elsewhere', async () => {
    const find = await finderOver(new FakeZones('example.com'), ({ delegations }) =>
      delegations.set('sub.example.com', ['ns1.elsewhere.test']),
    );
    await expect(find('_acme-challenge.www.sub.example.com')).rejects.toThrow(
      'sub.example.com is delegated to ns1.elsewhere.test, away from hosted zone example.com',
    );
    expect((await find('_acme-challenge.www.example.com')).name).toBe('example.com');
  });

  it('is not lost where a name between is only an alias to a zone elsewhere', async () => {
    const find = await finderOver(new FakeZones('example.com'), ({ delegations, cnames }) => {
      delegations.set('www.example.com', ['ns1.elsewhere.test']);
      cnames.set('www.example.com', 'elsewhere.test');
    });
    expect((await find('_acme-challenge.www.example.com')).name).toBe('example.com');
  });

  it('of two of one name is the one that the public DNS names', async () => {
    const zones = new FakeZones('example.com');
    const listed = [
      { id: 'OLD', name: 'example.com', isPrivate: false },
      { id: 'NEW', name: 'example.com', isPrivate: false },
    ];
    const resolver = new FakeResolver(zones);
    resolver.delegations.set('example.com', ['ns.new.test']);
    const find = zoneFinder({ zones, resolver }, listed);
    expect((await find('_acme-challenge.example.com')).id).toBe('NEW');
    resolver.delegations.set('example.com', ['ns.elsewhere.test']);
    const lost = zoneFinder({ zones, resolver }, listed);
    await expect(lost('_acme-challenge.example.com')).rejects.toThrow('has 2 public hosted zones (OLD, NEW)');
  });
});

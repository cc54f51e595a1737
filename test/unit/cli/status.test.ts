import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { reportOf as tableOf } from '../../../cli/commands/status.ts';
import { HostsError } from '../../../lib/delivery/deployment/hosts.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { bySoonestTrouble, statusOf } from '../../../lib/reporting/status/rules/certificate-status.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { HEALTH_NOW, healthFacts, LIVE_VERSION, reportOf } from '../../fakes/health-facts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const now = HEALTH_NOW;
const failing = {
  failures: 3,
  lastFailure: { at: '2026-11-19T00:00:00Z', reason: 'caa-forbids', message: 'CAA lets it not.' },
  notBefore: '2026-11-20T02:00:00.000Z',
};
const facts = healthFacts;

describe('statusOf', () => {
  it('puts the soonest trouble first', () => {
    const list = [
      statusOf(facts({ name: 'well-later' })),
      statusOf(facts({ name: 'well-sooner', live: { notAfter: '2027-01-01T00:00:00Z' } })),
      statusOf(facts({ name: 'failing', state: failing })),
      statusOf(facts({ name: 'never', pointer: undefined })),
    ];
    expect(list.sort(bySoonestTrouble).map(({ name }) => name)).toEqual([
      'never',
      'failing',
      'well-sooner',
      'well-later',
    ]);
  });
});

describe('readStatus', () => {
  let store: MemoryStore;
  const hosts = new FakeHosts();
  const stack = stackOf({ hostGroups: [hostGroup('web')] });
  beforeEach(async () => {
    store = new MemoryStore(() => now);
    const names = ['example.com'];
    await store.put('renewal/a.json', JSON.stringify({ names, hosts: ['web'] }));
    await store.put('renewal/new.json', JSON.stringify({ names }));
    await store.put(
      'live/a.json',
      pointerText(pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: LIVE_VERSION, hosts: ['web'] })),
    );
    await store.put('live/a/cert.pem', 'a copy');
    await store.put('live/bad.json', '<html>');
    await store.put('state/a.json', JSON.stringify(failing));
    await store.put('hosts/i-00000001.json', JSON.stringify(reportOf('i-00000001', 'served')));
    hosts.groups.set('web', [{ instanceId: 'i-00000001', online: true }]);
    hosts.before = () => {};
  });
  const read = () => readStatus({ store, hosts, stack }, { now, readsAtOnce: 4 });
  const healthOf = async (name: string) => (await read()).find((one) => one.name === name)?.health;

  it('tells of every certificate that is wanted or live', async () => {
    const found = await read();
    expect(found.map(({ name, health }) => [name, health])).toEqual([
      ['bad', 'unreadable'],
      ['new', 'never-issued'],
      ['a', 'failing'],
    ]);
    expect(found[2]?.hosts).toMatchObject([{ instanceId: 'i-00000001', isLive: true }]);
  });

  it('asks for the hosts that are wanted, by their tag', async () => {
    await store.remove('state/a.json');
    expect(await healthOf('a')).toBe('ok');
    hosts.groups.set('web', [...(hosts.groups.get('web') ?? []), { instanceId: 'i-00000002', online: true }]);
    expect(await healthOf('a')).toBe('hosts-behind');
    hosts.groups.set('web', []);
    expect(await healthOf('a')).toBe('no-hosts');
    hosts.before = () => {
      throw new HostsError('hosts-access-denied', 'SSM denied it');
    };
    expect(await healthOf('a')).toBe('hosts-unknown');
  });

  it('reads what was revoked', async () => {
    const revocation = {
      version: LIVE_VERSION,
      serial: 'ab',
      keyFingerprint: 'c'.repeat(64),
      reason: 'keyCompromise',
    };
    await store.put(
      'revoked/a.json',
      JSON.stringify({ versions: [{ ...revocation, askedAt: now.toISOString() }] }),
    );
    expect(await healthOf('a')).toBe('revoked');
  });
});

describe('the table of perennial status', () => {
  it('shows hostile text without what a terminal obeys, and counts', () => {
    const hostile = { ...failing, lastFailure: { ...failing.lastFailure, message: '\u001b[2J<b>\u202e' } };
    const text = tableOf(
      { name: 'perennial-local', region: 'us-east-1' },
      [statusOf(facts({ state: hostile })), statusOf(facts({ name: 'b' }))],
      100,
    );
    const printed = stripVTControlCharacters(text);
    expect(printed).toContain('?[2J<b>?');
    expect(printed).toMatch(/perennial-local in us-east-1: 2 certificates, 1 not well$/);
    for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('calls nothing well where there is nothing, and says what is not renewed any more', () => {
    const stack = { name: 'perennial-local', region: 'us-east-1' };
    expect(tableOf(stack, [])).toBe('perennial-local in us-east-1: no certificates yet');
    const retired = statusOf({ ...facts({ name: 'b', wanted: false }), file: undefined });
    expect(tableOf(stack, [statusOf(facts()), retired])).toMatch(
      /: 2 certificates, all well, 1 without a renewal file$/,
    );
  });
});

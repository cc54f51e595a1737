import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { reportOf } from '../../../cli/commands/status.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { bySoonestTrouble, statusOf } from '../../../lib/reporting/status/rules/certificate-status.ts';
import type { CertificateFacts } from '../../../lib/reporting/status/rules/judge-health.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const now = new Date('2026-11-20T00:00:00Z');
const V1 = '20260101T000000Z-0a1b2c';
const V2 = '20260201T000000Z-0a1b2c';
const pointer = pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: V2, hosts: ['web'] });
const record = (version: string | undefined, outcome: string) => ({
  instanceId: 'i-00000001',
  group: 'web',
  lineages: { a: { version, outcome, at: '2026-11-02T00:00:00Z', commandId: 'c' } },
});
const failing = {
  failures: 3,
  lastFailure: { at: '2026-11-19T00:00:00Z', reason: 'caa-forbids', message: 'CAA lets it not.' },
  notBefore: '2026-11-20T02:00:00.000Z',
};
const facts = (change: Partial<CertificateFacts> = {}): CertificateFacts => ({
  name: 'a',
  wanted: true,
  pointer,
  state: undefined,
  records: [],
  now,
  ...change,
});

describe('statusOf', () => {
  it.each<[string, Partial<CertificateFacts>, string, RegExp]>([
    ['is live and young', {}, 'ok', /^$/],
    ['is live on its hosts', { records: [record(V2, 'served')] }, 'ok', /^$/],
    [
      'has a host on another version',
      { records: [record(V1, 'rolled-back')] },
      'hosts-behind',
      /i-00000001 rolled-back/,
    ],
    [
      'has a host of a group it left',
      { pointer: { ...pointer, hosts: [] }, records: [record(V1, 'served')] },
      'ok',
      /^$/,
    ],
    [
      'failed last time',
      { state: failing },
      'failing',
      /^caa-forbids \(3 in a row\): .*next try after 2026-11-20T02:00Z/,
    ],
    ['failed before, and was renewed', { state: { failures: 0 } }, 'ok', /^$/],
    ['has expired', { pointer: { ...pointer, notAfter: '2026-11-19T00:00:00Z' } }, 'expired', /has expired/],
    [
      'is in its last sixth',
      { pointer: { ...pointer, notAfter: '2026-11-22T00:00:00Z' } },
      'overdue',
      /last sixth/,
    ],
    ['was never issued', { pointer: undefined }, 'never-issued', /nothing is issued/],
    ['never came through', { pointer: undefined, state: failing }, 'failing', /caa-forbids/],
    ['has a broken pointer', { pointer: 'unreadable' }, 'unreadable', /live\/a\.json/],
    ['has no file any more', { wanted: false }, 'not-wanted', /renewal\/a\.json is gone/],
  ])('of one that %s', (_, change, health, trouble) => {
    expect(statusOf(facts(change))).toMatchObject({ health, trouble: expect.stringMatching(trouble) });
  });

  it('puts the soonest trouble first', () => {
    const list = [
      statusOf(facts({ name: 'well-later' })),
      statusOf(facts({ name: 'well-sooner', pointer: { ...pointer, notAfter: '2027-01-01T00:00:00Z' } })),
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
  beforeEach(async () => {
    store = new MemoryStore(() => now);
    await store.put('renewal/a.json', '{}');
    await store.put('renewal/new.json', '{}');
    await store.put('live/a.json', pointerText(pointer));
    await store.put('live/a/cert.pem', 'a copy');
    await store.put('live/bad.json', '<html>');
    await store.put('state/a.json', JSON.stringify(failing));
    await store.put('hosts/i-00000001.json', JSON.stringify(record(V2, 'served')));
  });

  it('tells of every certificate that is wanted or live', async () => {
    const found = await readStatus(store, { now, readsAtOnce: 4 });
    expect(found.map(({ name, health }) => [name, health])).toEqual([
      ['bad', 'unreadable'],
      ['new', 'never-issued'],
      ['a', 'failing'],
    ]);
    expect(found[2]?.hosts).toMatchObject([{ instanceId: 'i-00000001', isLive: true }]);
  });
});

describe('the table of perennial status', () => {
  it('shows hostile text without what a terminal obeys, and counts', () => {
    const hostile = { ...failing, lastFailure: { ...failing.lastFailure, message: '\u001b[2J<b>\u202e' } };
    const text = reportOf(
      { name: 'perennial-local', region: 'us-east-1' },
      [statusOf(facts({ state: hostile })), statusOf(facts({ name: 'b' }))],
      100,
    );
    const printed = stripVTControlCharacters(text);
    expect(printed).toContain('?[2J<b>?');
    expect(printed).toMatch(/perennial-local in us-east-1: 2 certificates, 1 not well$/);
    for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

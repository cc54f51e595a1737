import { beforeEach, describe, expect, it } from 'vitest';
import { followImports, unwellOf } from '../../../cli/migrate/follow-import.ts';
import { prepareImport } from '../../../cli/migrate/prepare-import.ts';
import { requireFree } from '../../../cli/migrate/write-import.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { makeCa, newKey } from '../../fakes/certificates.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { LIVE_VERSION, HEALTH_NOW as NOW, reportOf } from '../../fakes/health-facts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const HOST = 'i-00000001';
const stack = stackOf({ hostGroups: [hostGroup('web')] });
let store: MemoryStore;
let hosts: FakeHosts;

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  hosts = new FakeHosts();
  hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
  const pointer = pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: LIVE_VERSION, hosts: ['web'] });
  await store.put('live/a.json', pointerText(pointer));
  await store.put('renewal/a.json', JSON.stringify({ names: ['example.com'], hosts: ['web'] }));
});

const report = (outcome: string) => store.put(`hosts/${HOST}.json`, JSON.stringify(reportOf(HOST, outcome)));

describe('what was imported is followed to its hosts', () => {
  const follow = () =>
    followImports(
      { store, region: 'eu-central-1', inGroup: (group) => hosts.inGroup(group) },
      [{ name: 'a', version: LIVE_VERSION }],
      { groups: ['web'], before: new Map(), deadline: performance.now(), silent: true },
    );

  it.each([
    ['served', 'deployed'],
    ['installed-not-served', 'not-served'],
    ['rolled-back', 'failed'],
  ])('where one says %s it is %s', async (said, outcome) => {
    await report(said);
    expect(await follow()).toMatchObject([{ name: 'a', outcome }]);
  });

  it('where none is there, or none has said anything, it is not done', async () => {
    expect(await follow()).toMatchObject([{ outcome: 'unfinished' }]);
    hosts.groups.set('web', []);
    expect(await follow()).toMatchObject([{ outcome: 'no-hosts' }]);
  });
});

it('what was there already is told unless it is well', async () => {
  const unwell = () => unwellOf({ store, hosts, stack }, ['a'], NOW);
  await report('served');
  expect(await unwell()).toEqual([]);
  const revoked = {
    version: LIVE_VERSION,
    serial: 'ab',
    keyFingerprint: 'f'.repeat(64),
    reason: 'superseded',
  };
  await store.put(
    'revoked/a.json',
    JSON.stringify({ versions: [{ ...revoked, askedAt: NOW.toISOString() }] }),
  );
  expect(await unwell()).toEqual([expect.stringMatching(/^a is revoked: version .* \(superseded\)/)]);
});

async function prepared() {
  const ca = await makeCa();
  const key = newKey();
  const life = { notBefore: new Date('2026-11-01'), notAfter: new Date('2027-01-30') };
  const leaf = await ca.issue({ key, names: ['example.com'], ...life });
  const found = { name: 'b', fullchain: leaf + ca.issuer, key, notCarried: [] };
  return prepareImport(found, { stack, hosts: ['web'], now: NOW });
}

const other = {
  version: LIVE_VERSION,
  serial: 'ab',
  keyFingerprint: 'f'.repeat(64),
  reason: 'superseded',
  askedAt: NOW.toISOString(),
};

it('takes over what only shares its serial number with a certificate of another CA that was revoked', async () => {
  const found = await prepared();
  const versions = [{ ...other, serial: found.pointer.serial }];
  await store.put('revoked/b.json', JSON.stringify({ versions }));
  await expect(requireFree(store, found)).resolves.toBe('free');
});

it.each([
  [
    'by its serial and key',
    ({ serial, keyFingerprint }: { serial: string; keyFingerprint: string }) => ({
      serial,
      keyFingerprint,
      reason: 'superseded',
    }),
  ],
  [
    'by its key',
    (pointer: { keyFingerprint: string }) => ({
      keyFingerprint: pointer.keyFingerprint,
      reason: 'keyCompromise',
    }),
  ],
])('refuses what was revoked here before, known %s', async (_, known) => {
  const found = await prepared();
  await expect(requireFree(store, found)).resolves.toBe('free');
  const versions = [{ ...other, ...known(found.pointer) }];
  await store.put('revoked/b.json', JSON.stringify({ versions }));
  await expect(requireFree(store, found)).rejects.toMatchObject({ reason: 'revoked-before' });
});

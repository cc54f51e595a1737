import { expect, it } from 'vitest';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { readHealthFacts, readStatus } from '../../../lib/reporting/status/read-status.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const now = new Date('2026-11-20T00:00:00Z');
const COUNT = 2_001;
const nameOf = (index: number) => `n${String(index).padStart(4, '0')}.example.com`;
const stack = stackOf({ hostGroups: [hostGroup('web'), hostGroup('mute'), hostGroup('edge')] });

/** Every second certificate is for a group that Systems Manager does not list, the last one for one of its own. */
async function manyCertificates() {
  const store = new MemoryStore(() => now);
  const live = pointerOf(new Date('2027-01-30T00:00:00Z'));
  for (let index = 0; index < COUNT; index += 1) {
    const names = [nameOf(index)];
    const hosts = [index === COUNT - 1 ? 'edge' : index % 2 === 0 ? 'web' : 'mute'];
    await store.put(`renewal/${nameOf(index)}.json`, JSON.stringify({ names, hosts }));
    await store.put(`live/${nameOf(index)}.json`, pointerText({ ...live, names, hosts }));
  }
  const hosts = new FakeHosts();
  const asked: string[] = [];
  hosts.before = (group) => {
    asked.push(group);
    if (group === 'mute') throw new Error('denied');
  };
  hosts.groups.set('edge', [{ instanceId: 'i-00000001', online: true }]);
  return { reads: { store, hosts, stack }, asked };
}

it('judges each of many certificates once, and asks once for the hosts of a group', async () => {
  const { reads, asked } = await manyCertificates();
  const found = await readStatus(reads, { now, readsAtOnce: 12 });
  expect(found.map(({ name }) => name).sort()).toEqual(Array.from({ length: COUNT }, (_, at) => nameOf(at)));
  const healthOf = (index: number) => found.find(({ name }) => name === nameOf(index))?.health;
  expect([0, 1, 1998, 1999, 2000].map(healthOf)).toEqual([
    'no-hosts',
    'hosts-unknown',
    'no-hosts',
    'hosts-unknown',
    'hosts-behind',
  ]);
  expect(asked).toEqual(['web', 'mute', 'edge']);
});

it('leaves out a certificate that was live when it was listed, and is no more', async () => {
  const store = new MemoryStore(() => now);
  const live = pointerText(pointerOf(new Date('2027-01-30T00:00:00Z')));
  for (const name of ['gone', 'left']) await store.put(`live/${name}.json`, live);
  const get = store.get.bind(store);
  store.get = async (key) => (key === 'live/gone.json' ? undefined : get(key));
  const facts = await readHealthFacts({ store, hosts: new FakeHosts(), stack }, { now, readsAtOnce: 2 });
  expect(facts.map(({ name }) => name)).toEqual(['left']);
});

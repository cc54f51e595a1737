import { beforeEach, describe, expect, it } from 'vitest';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { recordReads } from '../../fakes/recorded-reads.ts';
import { scanDeps } from '../../fakes/scan-deps.ts';
import { archiveVersion, storeLive } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const [OLD, NEW] = ['20260901T000000Z-0a1b2c', '20261101T000000Z-3d4e5f'];
const NAMES = ['a', 'b', 'c', 'd'];
const ca = await makeCa();
let store: MemoryStore;
let asked: string[];

const live = (name: string, version = OLD) =>
  storeLive(
    store,
    { ca, name },
    { version, names: ['example.com'], notAfter: new Date(NOW.getTime() + 60 * DAY) },
  );

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  for (const name of NAMES) {
    await store.put(`renewal/${name}.json`, JSON.stringify({ names: ['example.com'] }));
    await live(name);
  }
  asked = recordReads(store);
});

async function sweep() {
  asked.length = 0;
  const { certificates } = await scan(scanDeps({ store }), parseStart({ start: 'weekly-sweep' }), NOW);
  return certificates.map(({ action, reason }) => (action === 'mend' ? reason : action));
}
const ofOne = () => asked.filter((key) => NAMES.some((name) => key.includes(`/${name}`)));

describe('a weekly sweep', () => {
  it('asks for nothing of a certificate by itself that has not changed since the last one', async () => {
    expect(await sweep()).toEqual(NAMES.map(() => 'wait'));
    expect(ofOne()).not.toEqual([]);
    expect(await sweep()).toEqual(NAMES.map(() => 'wait'));
    expect(ofOne()).toEqual([]);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['a version of which a file is gone', 'pointer-lost', () => store.remove(`archive/b/${OLD}/cert.pem`)],
    ['a chain of another certificate', 'pointer-lost', () => otherChain()],
    ['a copy that is gone', 'copies-behind', () => store.remove('live/b/cert.pem')],
  ])('sees %s, though all was well at the last one', async (_, reason, spoil) => {
    await sweep();
    await spoil();
    expect(await sweep()).toEqual(['wait', reason, 'wait', 'wait']);
  });

  it('takes a version for no loss that is committed while it lists', async () => {
    await sweep();
    const { get, list } = store;
    const archive = Promise.withResolvers<void>();
    store.list = async (prefix, options) => {
      const listed = await list.call(store, prefix, options);
      if (prefix === 'archive/') archive.resolve();
      return listed;
    };
    // Its pointer has changed, and is read once the archive is listed.
    await store.put('live/b.json', `${store.text('live/b.json')} `);
    store.get = async (key) => {
      if (key === 'live/b.json') {
        await archive.promise;
        if (!store.keys().includes(`archive/b/${NEW}/cert.pem`)) await live('b', NEW);
      }
      return get.call(store, key);
    };
    expect(await sweep()).toEqual(NAMES.map(() => 'wait'));
  });
});

async function otherChain() {
  const chain = `archive/b/${OLD}/fullchain.pem`;
  await archiveVersion(store, { ca, name: 'other' }, { version: OLD, notAfter: NOW });
  await store.put(chain, store.text(`archive/other/${OLD}/fullchain.pem`));
}

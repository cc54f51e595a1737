import { beforeEach, describe, expect, it } from 'vitest';
import { listVersions, removeLists } from '../../../lib/delivery/deployment/group-lists.ts';
import { parseGroupList } from '../../../lib/delivery/deployment/rules/group-list.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { storeLive } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const VERSION = '20261101T000000Z-3d4e5f';
const ca = await makeCa();
let store: MemoryStore;

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  for (const [name, hosts] of [
    ['shop', ['web', 'api']],
    ['blog', ['api']],
  ] as const)
    await storeLive(
      store,
      { ca, name },
      {
        version: VERSION,
        names: [`${name}.example.com`],
        notAfter: new Date('2027-01-20T02:00:00Z'),
        more: { hosts: [...hosts] },
      },
    );
});

const namesIn = (group: string) => parseGroupList(store.text(`groups/${group}.json`)).map(({ name }) => name);

describe('what a deployment lists for new hosts', () => {
  it('is what the group may read, and no certificate that is not there', async () => {
    await listVersions(store, 'web', ['shop', 'blog', 'gone']);
    expect(namesIn('web')).toEqual(['shop']);
    await listVersions(store, 'api', ['shop', 'blog']);
    expect(namesIn('api')).toEqual(['blog', 'shop']);
  });

  it('is no list where there is nothing to list', async () => {
    await listVersions(store, 'web', ['gone']);
    expect(store.keys()).not.toContain('groups/web.json');
  });
});

it('removes the lists of groups that are gone, and no other', async () => {
  await listVersions(store, 'web', ['shop']);
  await listVersions(store, 'api', ['shop']);
  await removeLists(store, ['web']);
  expect(store.keys().filter((key) => key.startsWith('groups/'))).toEqual(['groups/web.json']);
});

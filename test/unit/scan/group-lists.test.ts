import { beforeEach, describe, expect, it } from 'vitest';
import { HostsError } from '../../../lib/delivery/deployment/hosts.ts';
import { parseGroupList } from '../../../lib/delivery/deployment/rules/group-list.ts';
import { recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { scanDeps } from '../../fakes/scan-deps.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';
import { storeLive } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const OLD = '20261001T000000Z-0a1b2c';
const NEW = '20261101T000000Z-3d4e5f';
const HOST = 'i-00000001';
const LIST = 'groups/web.json';
const ca = await makeCa();
let store: MemoryStore;
let hosts: FakeHosts;

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  hosts = new FakeHosts();
  hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
  await store.put('renewal/shop.json', JSON.stringify({ names: ['shop.example.com'], hosts: ['web'] }));
  await live(OLD);
  await reported(OLD);
  await check();
});

const live = (version: string) =>
  storeLive(
    store,
    { ca, name: 'shop' },
    {
      version,
      names: ['shop.example.com'],
      more: { hosts: ['web'] },
      notAfter: new Date(NOW.getTime() + 60 * DAY),
    },
  );

async function reported(version: string) {
  const results = [{ name: 'shop', version, outcome: 'served' as const }];
  const record = recordResults(undefined, results, {
    instanceId: HOST,
    group: 'web',
    commandId: 'c1',
    at: NOW,
  });
  await store.put(`hosts/${HOST}.json`, JSON.stringify(record));
}

function check(start = 'hourly-check', groups = ['web'], times: { window?: string[] } = {}) {
  const stack = stackOf({ hostGroups: groups.map((name) => ({ ...hostGroup(name), ...times })) });
  return scan(scanDeps({ store, hosts, stack }), parseStart({ start }), NOW);
}

const listed = () => (store.keys().includes(LIST) ? parseGroupList(store.text(LIST)) : []);
const versions = () => listed().map(({ version }) => version);

describe('the list of what new hosts install', () => {
  it('has what the group serves, with what a host needs to check it', () => {
    expect(listed()).toMatchObject([{ name: 'shop', version: OLD, names: ['shop.example.com'] }]);
  });

  it('moves on when the hosts that are online have the new version', async () => {
    await live(NEW);
    await check();
    expect(versions()).toEqual([OLD]);
    await reported(NEW);
    await check();
    expect(versions()).toEqual([NEW]);
  });

  it('stays while hosts wait for a window', async () => {
    await live(NEW);
    // A Friday.
    await check('hourly-check', ['web'], { window: ['Mon-Thu 03:30-06:00 UTC'] });
    expect(versions()).toEqual([OLD]);
  });

  it('moves on at once from a revoked version', async () => {
    await live(NEW);
    const revoked = {
      version: OLD,
      serial: 'aa',
      keyFingerprint: 'c'.repeat(64),
      askedAt: NOW.toISOString(),
    };
    const versionsRevoked = [{ ...revoked, reason: 'keyCompromise', revokedAt: NOW.toISOString() }];
    await store.put('revoked/shop.json', JSON.stringify({ versions: versionsRevoked }));
    await check();
    expect(versions()).toEqual([NEW]);
  });

  it.each<[string, () => unknown, string?]>([
    [
      'a group cannot be listed, and its hosts may lack it',
      () => {
        hosts.before = () => {
          throw new HostsError('hosts-unavailable', 'try later');
        };
      },
    ],
    ['nothing is to be written', () => reported(NEW), 'plan'],
  ])('stays while %s', async (_, meanwhile, start) => {
    await live(NEW);
    await meanwhile();
    await check(start);
    expect(versions()).toEqual([OLD]);
  });

  it('keeps a certificate whose file was broken by a slip, and loses one whose file is gone', async () => {
    await store.put('renewal/shop.json', '{"names": [');
    await check();
    expect(versions()).toEqual([OLD]);
    await store.remove('renewal/shop.json');
    await check();
    expect(JSON.parse(store.text(LIST))).toEqual({ group: 'web', certificates: [] });
  });

  it('is removed by the weekly sweep with its group', async () => {
    await check('hourly-check', ['api']);
    expect(store.keys()).toContain(LIST);
    await check('weekly-sweep', ['api']);
    expect(store.keys()).not.toContain(LIST);
  });

  it('is not written again where it is as it has to be', async () => {
    const written: string[] = [];
    store.beforeWrite = (key) => void written.push(key);
    await check();
    expect(written).not.toContain(LIST);
  });

  it('holds up nothing where it cannot be written', async () => {
    await store.remove(LIST);
    store.beforeWrite = (key) => {
      if (key === LIST) throw new StoreError('store-access-denied', 'could not write it');
    };
    expect((await check()).warnings).toEqual(['could not write it']);
  });
});

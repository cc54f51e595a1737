import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { limitsKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { orderLockKey } from '../../../lib/issuance/renewal/order-lock.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { quickRuntime } from '../../fakes/quick-runtime.ts';
import { archiveVersion } from '../../fakes/stored-certificate.ts';
import { makeWorld, type World } from './renewal-world.ts';

const DAY = 86_400_000;
const ca = await makeCa();
const OTHERS = ['state', 'revoked', 'acm', 'probes'].map((folder) => `${folder}/shop.json`);
let world: World;
const put = (key: string, body = '{}') => world.store.put(key, body);

/** A certificate with all that may be kept of one, and another that is wanted. */
beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com']);
  await world.want('kept', ['example.org']);
  await world.renew(world.due(['shop', 'kept']));
  for (const key of OTHERS) await put(key);
  for (const folder of ['state', 'probes']) await put(`${folder}/kept.json`);
  world.events.facts.length = 0;
});

const look = (start: string) =>
  scan(
    {
      ...world,
      hosts: new FakeHosts(),
      caaIssuer: async () => ({ identity: 'ca.test' }),
      describeAccount: async () => undefined,
      askRenewalInfo: async () => undefined,
      runtime: quickRuntime(),
    },
    parseStart({ start }),
    world.clock(),
  );

/** One scan, and the mending that it asks for. */
async function run(start = 'weekly-sweep') {
  const plan = await look(start);
  const outcomes = [];
  for (const batch of plan.batches) {
    const certificates = batch.certificates.filter(({ name }) => name !== 'kept');
    if (certificates.length > 0) outcomes.push(...(await world.renew({ ...batch, certificates })));
  }
  return outcomes;
}

const ofShop = () => world.store.keys().filter((key) => /[/](shop)[/.]/.test(key));
const REMOVED = [{ name: 'shop', outcome: 'mended', reason: 'outlived' }];

describe('a certificate without a renewal file', () => {
  beforeEach(() => world.store.remove('renewal/shop.json'));

  it('is removed with all that is kept of it by the sweep 30 days after it expired, and nothing else', async () => {
    const others = world.store.keys().filter((key) => key.includes('kept'));
    world.pass(119 * DAY);
    expect(await run()).toEqual([]);
    expect(ofShop()).toHaveLength(4 + 6 + OTHERS.length);
    world.pass(2 * DAY);
    expect(await run('hourly-check')).toEqual([]);
    expect((await look('plan')).certificates).toContainEqual(
      expect.objectContaining({ name: 'shop', action: 'mend', reason: 'outlived' }),
    );
    expect(await run()).toEqual(REMOVED);
    expect(ofShop()).toEqual([]);
    expect(world.store.keys().filter((key) => key.includes('kept'))).toEqual(others);
    expect(await run()).toEqual([]);
    expect(world.events.types().filter((type) => type.startsWith('Certificate Renewal'))).toEqual([]);
  });

  it.each(['archive', ...OTHERS])(
    'is removed a month after it was written where only %s is left',
    async (left) => {
      for (const key of ofShop()) if (!key.startsWith(left)) await world.store.remove(key);
      world.pass(29 * DAY);
      expect(await run()).toEqual([]);
      expect(ofShop()).not.toEqual([]);
      world.pass(left === 'archive' ? 92 * DAY : 2 * DAY);
      expect(await run()).toEqual(REMOVED);
      expect(ofShop()).toEqual([]);
    },
  );

  it('is removed where its pointer cannot be read, once its versions have expired', async () => {
    await put('live/shop.json', '{');
    world.pass(119 * DAY);
    expect(await run()).toEqual([]);
    world.pass(2 * DAY);
    expect(await run()).toEqual(REMOVED);
    expect(ofShop()).toEqual([]);
  });

  it('is removed at the next sweep where that failed, though its pointer cannot be read', async () => {
    await put('live/shop.json', '{');
    world.pass(121 * DAY);
    await put('state/shop.json', '{"failures":0,"repairs":{"outlived":{"failures":1}}}');
    world.pass(7 * DAY);
    expect(await run()).toEqual(REMOVED);
  });

  it('of which an object cannot be read is told of, and holds up no other certificate', async () => {
    world.pass(121 * DAY);
    const get = world.store.get.bind(world.store);
    const message = 'could not read archive/shop: no answer';
    world.store.get = (key) =>
      key.startsWith('archive/shop/')
        ? Promise.reject(new StoreError('store-unavailable', message))
        : get(key);
    const { certificates, warnings } = await look('weekly-sweep');
    expect(certificates).toMatchObject([
      { name: 'kept', action: 'renew' },
      { name: 'shop', action: 'leave' },
    ]);
    expect(warnings).toEqual([message]);
    world.store.get = get;
    expect(await run()).toEqual(REMOVED);
  });

  it('stays while any of its versions is good', async () => {
    world.pass(121 * DAY);
    const good = {
      version: '20260101T000000Z-0a1b2c',
      notAfter: new Date(world.clock().getTime() - 29 * DAY),
    };
    await archiveVersion(world.store, { ca, name: 'shop' }, good);
    expect(await run()).toEqual([]);
    expect(ofShop()).not.toEqual([]);
  });

  it('stays when it is wanted again before the message comes', async () => {
    world.pass(121 * DAY);
    const { batches } = await look('weekly-sweep');
    await world.want('shop', ['example.com']);
    const before = ofShop();
    const due = batches.filter(({ certificates }) => certificates.some(({ name }) => name === 'shop'));
    const outcomes = (await Promise.all(due.map((batch) => world.renew(batch)))).flat();
    expect(outcomes.filter(({ name }) => name === 'shop')).toMatchObject([
      { outcome: 'left', reason: 'no-longer-due' },
    ]);
    expect(ofShop()).toEqual(before);
  });

  it('stays when it is wanted again at the last moment', async () => {
    world.pass(121 * DAY);
    const before = ofShop();
    const list = world.store.list.bind(world.store);
    const { batches } = await look('weekly-sweep');
    world.store.list = async (prefix, options) => {
      if (prefix === 'archive/shop/') await world.want('shop', ['example.com']);
      return list(prefix, options);
    };
    for (const batch of batches) await world.renew(batch);
    expect(before.filter((key) => !world.store.keys().includes(key))).toEqual([]);
  });

  it('is removed to the end by the next sweep when a worker dies at it', async () => {
    world.pass(121 * DAY);
    const remove = world.store.remove.bind(world.store);
    let left = 7;
    world.store.remove = async (key, options) => {
      if (key.includes('shop') && !key.startsWith('pending/') && left-- <= 0) throw new Error('died');
      return remove(key, options);
    };
    expect(await run()).toMatchObject([{ outcome: 'failed' }]);
    world.store.remove = remove;
    expect(ofShop().length).toBeGreaterThan(0);
    world.pass(31 * DAY);
    await run();
    await run();
    expect(ofShop()).toEqual([]);
  });
});

it.each([121, 400])(
  'a certificate with a renewal file, even a broken one, is never removed (%i days)',
  async (days) => {
    const before = ofShop().filter((key) => !key.startsWith('renewal/'));
    await put('renewal/shop.json', '{');
    world.pass(days * DAY);
    await run();
    expect(ofShop()).toEqual(expect.arrayContaining(before));
  },
);

it('a sweep that cannot list one folder while it waits for another ends with that error alone', async () => {
  const { store } = world;
  const list = store.list.bind(store);
  const folders = store.folders.bind(store);
  store.list = (prefix, options) =>
    prefix === 'probes/' ? Promise.reject(new Error('no answer')) : list(prefix, options);
  store.folders = (prefix) => new Promise((resolve) => setTimeout(() => resolve(folders(prefix)), 20));
  await expect(look('weekly-sweep')).rejects.toThrow('no answer');
});

it('a claim of a worker that died before it removed anything ends without a word', async () => {
  await world.store.remove('renewal/shop.json');
  await put('pending/shop.json', JSON.stringify({ owner: 'dead', leaseSeconds: 900, records: [] }));
  world.pass(DAY);
  expect(await run('hourly-check')).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
  expect(world.store.keys()).not.toContain('pending/shop.json');
  expect(world.events.of('Certificate Renewal Failed')).toEqual([]);
});

describe('what a sweep removes by its age', () => {
  it.each([
    ['orders/0a1b.json', 8],
    [limitsKey('https://ca.test/directory'), 30],
  ])('%s after %i days', async (key, days) => {
    await put(key);
    world.pass(days * DAY - 1000);
    await run();
    expect(world.store.keys()).toContain(key);
    world.pass(1000);
    await run('hourly-check');
    expect(world.store.keys()).toContain(key);
    await run();
    expect(world.store.keys()).not.toContain(key);
  });
});

describe('the lock of an order whose worker died', () => {
  const key = orderLockKey({ ca: 'https://ca.test/directory', names: ['example.com'] });
  const held = { name: 'shop', owner: 'gone', leaseSeconds: 900, issued: [] };

  it.each([JSON.stringify(held), 'not JSON'])(
    'is removed by the next check after its lease: %s',
    async (body) => {
      await put(key, body);
      world.pass(900_000);
      await run('hourly-check');
      expect(world.store.keys()).toContain(key);
      world.pass(1000);
      await run('hourly-check');
      expect(world.store.keys()).not.toContain(key);
    },
  );

  it('stays while it keeps what was issued for its names, which their budget counts', async () => {
    await put(key, JSON.stringify({ ...held, issued: [{ name: 'shop', at: '2026-11-19T02:00:00.000Z' }] }));
    world.pass(DAY);
    await run('hourly-check');
    expect(world.store.keys()).toContain(key);
  });
});

it('two directories of one host have limits of their own', () => {
  const keys = ['https://ca.test/acme/a/directory', 'https://ca.test/acme/b/directory'].map(limitsKey);
  expect(keys[0]).toMatch(/^limits\/ca\.test-[0-9a-f]{8}\.json$/);
  expect(new Set(keys).size).toBe(2);
});

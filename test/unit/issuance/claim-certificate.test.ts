import { beforeEach, describe, expect, it } from 'vitest';
import { orderLockKey } from '../../../lib/issuance/renewal/order-lock.ts';
import { makeWorld, type World } from './renewal-world.ts';

const FALLBACK = 'https://fallback.test/directory';
let world: World;
let version: string;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com'], { hosts: ['web'] });
  await world.renew(world.due(['shop']));
  version = world.live('shop').version;
  world.events.facts.length = 0;
});

type More = Parameters<World['due']>[1];
const shop = (more: More = {}, batch: object = {}) =>
  world.renew({ ...world.due(['shop'], { reason: 'forced', replacing: version, ...more }), ...batch });
const want = (more: object) => () => world.want('shop', ['example.com'], more);
const pending = () => world.store.keys().filter((key) => key.startsWith('pending/'));
const lock = () =>
  world.store.text(orderLockKey({ ca: world.authority.directoryUrl, names: ['example.com'] }));

describe('a message that came late', () => {
  it.each<[string, () => unknown, More, string]>([
    ['after a renewal', () => {}, { replacing: null }, 'shop was renewed meanwhile'],
    [
      'for what was left open, after somebody removed all of it',
      () => world.store.remove('renewal/shop.json'),
      { reason: 'left-open' },
      'nothing of shop is left open',
    ],
    [
      'to remove a certificate that is wanted again',
      () => {},
      { reason: 'outlived' },
      'shop has a renewal file again',
    ],
    [
      'for another zone role',
      want({ zoneRole: 'dns' }),
      {},
      'shop was given another zone role; the next scan takes it up',
    ],
    ['for another CA', want({ ca: [FALLBACK] }), {}, 'shop was given another CA; the next scan takes it up'],
    ['for what is done', () => {}, { reason: 'expires-soon' }, 'shop is not due any more'],
  ])('%s changes and tells nothing', async (_, change, more, message) => {
    await change();
    const before = lock();
    expect(await shop(more)).toMatchObject([{ outcome: 'left', reason: 'no-longer-due', message }]);
    expect([pending(), world.live('shop').version, lock()]).toEqual([[], version, before]);
    expect(world.events.facts).toEqual([]);
    expect(world.authority.requests).toHaveLength(1);
  });

  it('after the file was removed is told', async () => {
    await world.store.remove('renewal/shop.json');
    const message = 'renewal/shop.json was removed meanwhile';
    expect(await shop()).toMatchObject([{ outcome: 'failed', reason: 'renewal-file-missing', message }]);
    expect(pending()).toEqual([]);
  });
});

it('a claim that cannot be given back is told, and so is why it was', async () => {
  const { remove } = world.store;
  world.store.remove = async function failing(key, options) {
    if (key.startsWith('pending/')) throw new Error('disk on fire');
    await remove.call(this, key, options);
  };
  expect(await shop({ replacing: null })).toMatchObject([{ message: 'shop was renewed meanwhile' }]);
  expect(world.warnings).toEqual([
    expect.stringMatching(/^could not give back the claim on shop: .*disk on fire/),
  ]);
});

describe('while another certificate orders the same names', () => {
  beforeEach(async () => {
    const key = orderLockKey({ ca: world.authority.directoryUrl, names: ['example.com'] });
    const held = { name: 'blog', owner: 'other', leaseSeconds: 900, issued: [] };
    await world.store.put(key, JSON.stringify(held));
  });

  it('a renewal waits', async () => {
    expect(await shop()).toMatchObject([{ outcome: 'left', reason: 'same-order-in-flight' }]);
    expect(pending()).toEqual([]);
  });

  it('a repair, which orders nothing, does not', async () => {
    await world.want('shop', ['example.com'], { hosts: ['api'] });
    expect(await shop({ reason: 'hosts-changed' })).toMatchObject([{ outcome: 'mended' }]);
    expect(world.live('shop').hosts).toEqual(['api']);
  });
});

it('a change of hosts needs no hosted zone', async () => {
  await world.want('shop', ['example.com'], { hosts: ['api'] });
  world.zones.list = async () => [];
  expect(await shop({ reason: 'hosts-changed' })).toMatchObject([{ outcome: 'mended' }]);
  expect(world.live('shop').hosts).toEqual(['api']);
});

describe('what is told of as the reason', () => {
  it('is that of the message', async () => {
    expect(await shop()).toMatchObject([{ outcome: 'renewed', reason: 'forced' }]);
  });

  it("is the repair's own, whatever the message says", async () => {
    await world.want('shop', ['example.com'], { hosts: ['api'] });
    expect(await shop({ reason: 'expires-soon' })).toMatchObject([
      { outcome: 'mended', reason: 'hosts-changed' },
    ]);
  });
});

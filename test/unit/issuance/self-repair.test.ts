import { createHash, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { leafFacts } from '../../../lib/foundation/certificate/leaf.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { quickRuntime } from '../../fakes/quick-runtime.ts';
import { archiveVersion } from '../../fakes/stored-certificate.ts';
import { makeWorld, type World } from './renewal-world.ts';

const NAMES = ['example.com'];
const DAY = 86_400_000;
const HOURLY = parseStart({ start: 'hourly-check' });
const WEEKLY = parseStart({ start: 'weekly-sweep' });
const FILES = ['bundle', 'cert', 'chain', 'fullchain', 'privkey'];
const ca = await makeCa();
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', NAMES);
  await world.renew(world.due(['shop']));
  world.events.facts.length = 0;
});

const look = (start: typeof HOURLY) => {
  const { store, zonesOf, resolver, events, stack } = world;
  const caaIssuer = async () => ({ identity: 'ca.test' });
  return scan(
    {
      store,
      zonesOf,
      resolver,
      events,
      stack,
      hosts: new FakeHosts(),
      caaIssuer,
      describeAccount: async () => undefined,
      askRenewalInfo: async () => undefined,
      runtime: quickRuntime(),
    },
    start,
    world.clock(),
  );
};

/** One scan, and the work that it puts on the bus. */
async function run(start: typeof HOURLY) {
  const plan = await look(start);
  const outcomes = [];
  for (const batch of plan.batches) outcomes.push(...(await world.renew(batch)));
  return { plan, outcomes };
}

const asides = () => world.events.facts.filter(({ type }) => type === 'Object Set Aside');
const issued = () => world.authority.requests.length;
const edited = (change: object) =>
  world.store.put('live/shop.json', `${JSON.stringify({ ...world.live('shop'), ...change }, null, 2)}\n`);

describe('a lost pointer', () => {
  it.each([
    ['that is missing', HOURLY, () => world.store.remove('live/shop.json'), undefined],
    ['that is empty', HOURLY, () => world.store.put('live/shop.json', ''), 'pointer-malformed'],
    ['of no shape', HOURLY, () => world.store.put('live/shop.json', '{"version":1}'), 'pointer-malformed'],
    [
      'of a day that no calendar has',
      HOURLY,
      () => edited({ notBefore: '2026-99-99T00:00:00Z' }),
      'pointer-malformed',
    ],
    [
      'with another hash',
      WEEKLY,
      () => edited({ sha256: { fullchain: 'a'.repeat(64), privkey: 'b'.repeat(64) } }),
      'pointer-mismatch',
    ],
    ['with another serial', WEEKLY, () => edited({ serial: '1f' }), 'pointer-mismatch'],
    ['with another fingerprint', WEEKLY, () => edited({ fingerprint: 'f'.repeat(64) }), 'pointer-mismatch'],
    ['with other dates', WEEKLY, () => edited({ notAfter: '2030-01-01T00:00:00Z' }), 'pointer-mismatch'],
    ['with another key type', WEEKLY, () => edited({ key: 'rsa-4096' }), 'pointer-mismatch'],
    [
      'to a version that is not there',
      WEEKLY,
      () => edited({ version: '20250101T000000Z-aaaaaa' }),
      'pointer-mismatch',
    ],
  ])('%s is made anew from its version, and nothing is issued', async (_, start, spoil, reason) => {
    const before = world.live('shop');
    await spoil();
    const spoilt = world.store.text('live/shop.json');
    const { outcomes } = await run(start);
    expect(outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'pointer-lost' }]);
    const { version, serial, fingerprint, notAfter, sha256, key, names } = before;
    expect(world.live('shop')).toMatchObject({ version, serial, fingerprint, notAfter, sha256, key, names });
    expect(world.live('shop').ca).toBe(before.ca);
    expect(issued()).toBe(1);
    expect(asides()).toMatchObject(reason ? [{ detail: { key: 'live/shop.json', reason } }] : []);
    if (reason) expect(world.store.text('aside/live/shop.json.20261120T020000Z')).toBe(spoilt);
    expect((await run(WEEKLY)).plan.certificates).toMatchObject([{ action: 'wait', reason: 'not-due' }]);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it('is seen by the claim too, before anything is issued for what the pointer says', async () => {
    await edited({ notBefore: '2026-08-25T00:00:00Z', notAfter: '2026-11-23T00:00:00Z' });
    const { plan, outcomes } = await run(HOURLY);
    expect(plan.certificates).toMatchObject([{ action: 'renew' }]);
    expect(outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'pointer-lost' }]);
    expect(issued()).toBe(1);
  });

  it('with another hash of the key is seen by a repair, and replaced by a renewal unseen', async () => {
    const { version, sha256 } = world.live('shop');
    const edit = () => edited({ sha256: { ...world.live('shop').sha256, privkey: 'b'.repeat(64) } });
    await edit();
    await world.want('shop', NAMES, { hosts: ['web'] });
    await run(HOURLY);
    expect(asides()).toMatchObject([{ detail: { reason: 'pointer-mismatch' } }]);
    expect(world.live('shop')).toMatchObject({ version, sha256, hosts: ['web'] });
    await edit();
    await run(parseStart({ start: 'force', names: ['shop'] }));
    expect(asides()).toHaveLength(1);
    const key = world.store.text(`archive/shop/${world.live('shop').version}/privkey.pem`);
    expect(world.live('shop').sha256.privkey).toBe(createHash('sha256').update(key).digest('hex'));
  });

  it('has hosts fetch the version that it leads to', async () => {
    await world.want('shop', NAMES, { hosts: ['web'] });
    await world.store.remove('live/shop.json');
    await run(HOURLY);
    expect(world.live('shop').hosts).toEqual(['web']);
    expect(world.store.groups(`archive/shop/${world.live('shop').version}/privkey.pem`)).toEqual(['web']);
    expect(world.events.facts).toContainEqual({
      type: 'Deployment Due',
      detail: { group: 'web', reason: 'pointer-lost', names: ['shop'] },
    });
  });

  it('is not held up by an earlier failure', async () => {
    await world.store.put(
      'state/shop.json',
      JSON.stringify({ failures: 3, notBefore: '2026-12-01T00:00:00Z' }),
    );
    await world.store.remove('live/shop.json');
    expect((await run(HOURLY)).outcomes).toMatchObject([{ outcome: 'mended' }]);
  });

  it('keeps what only it knew, where that can still be read', async () => {
    await edited({ serial: '1f', profile: 'tlsserver', ca: 'https://other.test/directory', caa: 'gone' });
    await world.want('shop', NAMES, { profile: 'tlsserver', ca: 'https://other.test/directory' });
    await run(WEEKLY);
    expect(world.live('shop')).toMatchObject({ profile: 'tlsserver', ca: 'https://other.test/directory' });
    expect(world.live('shop').caa).toBeUndefined();
    expect(issued()).toBe(1);
  });
});

describe('what somebody plants who may write below live/ only', () => {
  /** After the live one. */
  const later = () => new Date(world.clock().getTime() + 120 * DAY);
  /** Copies of a certificate that a CA of his own made. */
  async function plantCopies(names: string[]): Promise<void> {
    const elsewhere = new MemoryStore();
    const evil = { ca: await makeCa('Evil'), name: 'shop' };
    const made = await archiveVersion(elsewhere, evil, {
      version: '20270101T000000Z-aaaaaa',
      notAfter: later(),
      names,
    });
    for (const [file, pem] of Object.entries(made.copies))
      await world.store.put(`live/shop/${file}.pem`, pem);
  }

  it.each([[NAMES], [['example.com', 'evil.example.com']]])(
    'copies of %j do not become a version',
    async (names) => {
      const { version } = world.live('shop');
      await plantCopies(names);
      await world.store.remove('live/shop.json');
      await run(HOURLY);
      expect(world.live('shop').version).toBe(version);
      expect(issued()).toBe(1);
    },
  );

  it('a pointer is not believed what it says of CAA', async () => {
    const caa = [{ name: 'example.com', values: ['0 issue "theirs.test"'] }];
    await edited({ serial: '1f', caa, caaIssuer: { identity: 'evil.test' } });
    await run(WEEKLY);
    expect(world.live('shop')).not.toHaveProperty('caaIssuer');
    expect(world.live('shop').caa).toBeUndefined();
    const changed = world.zones.batches.flat();
    expect(JSON.stringify(changed)).not.toMatch(/evil\.test|theirs\.test/);
  });

  it.each([
    ['other names', { names: ['example.com', 'other.example.com'] }],
    ['fewer names', { names: ['other.example.com'] }],
  ])('a version with %s than the file is not what a lost pointer is made from', async (_, more) => {
    const { version } = world.live('shop');
    await archiveVersion(
      world.store,
      { ca, name: 'shop' },
      { version: '20270101T000000Z-aaaaaa', notAfter: later(), ...more },
    );
    await world.store.remove('live/shop.json');
    await run(HOURLY);
    expect(world.live('shop').names).toEqual(NAMES);
    expect(world.live('shop').fingerprint).toBe(fingerprintOf(version));
  });

  it('a version whose chain is not signed by its issuer is none', async () => {
    const { version } = world.live('shop');
    const { issuer } = await makeCa('Another');
    const at = 'archive/shop/20270101T000000Z-aaaaaa';
    await archiveVersion(
      world.store,
      { ca, name: 'shop' },
      { version: '20270101T000000Z-aaaaaa', notAfter: later() },
    );
    await world.store.put(`${at}/chain.pem`, issuer);
    await world.store.put(`${at}/fullchain.pem`, world.store.text(`${at}/cert.pem`) + issuer);
    await world.store.remove('live/shop.json');
    await run(HOURLY);
    expect(world.live('shop').fingerprint).toBe(fingerprintOf(version));
  });

  const fingerprintOf = (version: string) =>
    leafFacts(new X509Certificate(world.store.text(`archive/shop/${version}/cert.pem`))).fingerprint;
});

describe('of several versions', () => {
  const other = (version: string, days: number) =>
    archiveVersion(
      world.store,
      { ca, name: 'shop' },
      { version, notAfter: new Date(world.clock().getTime() + days * DAY) },
    );
  const damage = (version: string, file: string, text: string) =>
    world.store.put(`archive/shop/${version}/${file}.pem`, text);

  it.each([
    ['the newest is taken', async () => other('20261119T000000Z-aaaaaa', 80), 'first'],
    ['one that expired is passed over', async () => other('20270101T000000Z-aaaaaa', -1), 'first'],
    [
      'one without its key is passed over',
      async () => {
        await other('20270101T000000Z-aaaaaa', 80);
        await world.store.remove('archive/shop/20270101T000000Z-aaaaaa/privkey.pem');
      },
      'first',
    ],
    [
      'one with the key of another is passed over',
      async () => {
        await other('20270101T000000Z-aaaaaa', 80);
        const { version } = world.live('shop');
        await damage(
          '20270101T000000Z-aaaaaa',
          'privkey',
          world.store.text(`archive/shop/${version}/privkey.pem`),
        );
      },
      'first',
    ],
    [
      'one that is no PEM is passed over',
      async () => {
        await other('20270101T000000Z-aaaaaa', 80);
        await damage('20270101T000000Z-aaaaaa', 'cert', 'not a certificate');
      },
      'first',
    ],
    ['a newer one is taken', async () => other('20270101T000000Z-aaaaaa', 95), '20270101T000000Z-aaaaaa'],
  ])('%s', async (_, arrange, expected) => {
    const { version, serial } = world.live('shop');
    await arrange();
    await world.store.put('live/shop.json', 'spoilt');
    await run(HOURLY);
    if (expected === 'first') expect(world.live('shop').serial).toBe(serial);
    else expect(world.live('shop').version).toBe(expected);
    expect(world.live('shop').version >= version).toBe(true);
    expect(issued()).toBe(1);
    expect((await run(WEEKLY)).outcomes).toEqual([]);
  });

  it.each(['cert', 'chain', 'fullchain', 'privkey'])(
    'the live one with a damaged %s is archived anew from its copies, and the pointer goes on',
    async (file) => {
      const { version, serial } = world.live('shop');
      world.pass(DAY);
      await damage(version, file, 'spoilt');
      expect((await run(WEEKLY)).outcomes).toMatchObject([{ outcome: 'mended', reason: 'pointer-lost' }]);
      expect(world.live('shop').version > version).toBe(true);
      expect(world.live('shop').serial).toBe(serial);
      expect(issued()).toBe(1);
      expect((await run(WEEKLY)).outcomes).toEqual([]);
    },
  );

  it('the live one damaged with its copies gives way to an older valid one, archived anew', async () => {
    const { version } = world.live('shop');
    const { pointer } = await other('20261101T000000Z-aaaaaa', 70);
    world.pass(DAY);
    await damage(version, 'privkey', 'spoilt');
    await world.store.put('live/shop/privkey.pem', 'spoilt');
    await run(WEEKLY);
    expect(world.live('shop').serial).toBe(pointer.serial);
    expect(world.live('shop').version > version).toBe(true);
    expect(issued()).toBe(1);
  });

  it.each(['archive', 'copies'])(
    'none of the %s is taken that has expired, though nothing can be issued',
    async (where) => {
      const { version } = world.live('shop');
      const expired = '20261101T000000Z-aaaaaa';
      await other(expired, -1);
      await world.store.remove(`archive/shop/${version}/privkey.pem`);
      await world.store.remove('live/shop/privkey.pem');
      for (const file of where === 'copies' ? ['cert', 'chain', 'fullchain', 'privkey'] : [])
        await world.store.put(
          `live/shop/${file}.pem`,
          world.store.text(`archive/shop/${expired}/${file}.pem`),
        );
      await world.store.put('live/shop.json', 'spoilt');
      world.authority.before = () => {
        throw new Error('down');
      };
      expect((await run(HOURLY)).outcomes).toMatchObject([{ outcome: 'failed' }]);
      expect(world.store.text('live/shop.json')).toBe('spoilt');
    },
  );

  it('none valid: a new one is issued in the bad pointer’s place', async () => {
    const { version } = world.live('shop');
    world.pass(DAY);
    await damage(version, 'privkey', 'spoilt');
    await world.store.put('live/shop/privkey.pem', 'spoilt');
    expect((await run(WEEKLY)).outcomes).toMatchObject([{ outcome: 'renewed', reason: 'pointer-lost' }]);
    expect(world.live('shop').version > version).toBe(true);
    expect(issued()).toBe(2);
  });
});

describe('a worker that dies between archive and pointer', () => {
  const dyingAtPointer = async (due: Parameters<World['renew']>[0]) => {
    let left: World['store'] | undefined;
    world.store.beforeWrite = (key) => {
      if (key === 'live/shop.json') left ??= world.store.snapshot(world.clock);
    };
    await world.renew(due);
    world.store.beforeWrite = () => {};
    if (!left) throw new Error('the pointer was never written');
    const orders = issued();
    for (const key of world.store.keys()) await world.store.remove(key);
    for (const key of left.keys()) await world.store.put(key, left.text(key));
    world.pass(901_000);
    return orders;
  };
  const archived = () =>
    new Set(world.store.keys().flatMap((key) => /^archive\/shop\/([^/]+)/.exec(key)?.[1] ?? []));

  it('leaves a version that the pointer moves to, without a new order', async () => {
    const before = world.live('shop').version;
    const due = world.due(['shop'], { reason: 'forced', replacing: before });
    const orders = await dyingAtPointer(due);
    expect(world.live('shop').version).toBe(before);
    expect(await world.renew(due)).toMatchObject([{ outcome: 'renewed' }]);
    expect(issued()).toBe(orders);
    expect([...archived()]).toEqual([before, world.live('shop').version]);
  });

  it('of a first issue leaves a version that the pointer is made from', async () => {
    for (const key of world.store.keys()) if (key.includes('shop')) await world.store.remove(key);
    await world.want('shop', NAMES);
    const orders = await dyingAtPointer(world.due(['shop']));
    expect((await look(HOURLY)).certificates).toContainEqual(
      expect.objectContaining({ name: 'shop', action: 'mend', reason: 'pointer-lost' }),
    );
    expect((await run(HOURLY)).outcomes).toContainEqual({
      name: 'shop',
      outcome: 'mended',
      reason: 'pointer-lost',
    });
    expect([...archived()]).toEqual([world.live('shop').version]);
    expect(world.store.keys()).not.toContain('pending/shop.json');
    expect(issued()).toBe(orders);
  });
});

describe('a state that cannot be read', () => {
  it('is set aside at the next scan, and nothing is issued', async () => {
    await world.store.put('state/shop.json', '{"failures":');
    const { outcomes } = await run(HOURLY);
    expect(outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'state-unreadable' }]);
    expect(asides()).toMatchObject([{ detail: { key: 'state/shop.json', reason: 'state-malformed' } }]);
    expect(world.store.keys()).not.toContain('state/shop.json');
    expect((await run(HOURLY)).outcomes).toEqual([]);
  });
});

describe('a claim that cannot be read', () => {
  it('is left to its worker while one can hold it, then set aside', async () => {
    await world.store.put('pending/shop.json', '{"owner":');
    expect(
      await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version })),
    ).toMatchObject([{ reason: 'claimed-elsewhere' }]);
    world.pass(901_000);
    await run(HOURLY);
    expect(asides()).toMatchObject([{ detail: { key: 'pending/shop.json', reason: 'pending-malformed' } }]);
    expect(world.store.keys()).not.toContain('pending/shop.json');
    expect((await run(HOURLY)).outcomes).toEqual([]);
  });
});

describe('copies', () => {
  it.each([
    ['that are missing', async () => world.store.remove('live/shop/bundle.pem')],
    [
      'of an older version',
      async () => {
        const { store } = world;
        const stale = FILES.map(
          (file) => [`live/shop/${file}.pem`, store.text(`live/shop/${file}.pem`)] as const,
        );
        world.pass(60_000);
        await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
        world.pass(-30_000);
        for (const [key, text] of stale) await store.put(key, text);
        world.pass(60_000);
      },
    ],
  ])('%s are written anew by the weekly sweep, and not looked at by the hourly check', async (_, spoil) => {
    await spoil();
    expect((await run(HOURLY)).outcomes).toEqual([]);
    const { outcomes } = await run(WEEKLY);
    expect(outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'copies-behind' }]);
    const { version } = world.live('shop');
    for (const file of ['cert', 'chain', 'fullchain', 'privkey'])
      expect(world.store.text(`live/shop/${file}.pem`)).toBe(
        world.store.text(`archive/shop/${version}/${file}.pem`),
      );
    expect(world.store.text('live/shop/bundle.pem')).toBe(
      world.store.text('live/shop/fullchain.pem') + world.store.text('live/shop/privkey.pem'),
    );
    expect((await run(WEEKLY)).outcomes).toEqual([]);
  });
});

describe('old versions', () => {
  const version = (day: string) => `202601${day}T000000Z-aaaaaa`;
  const versionsLeft = () => [
    ...new Set(
      world.store
        .keys()
        .filter((key) => key.startsWith('archive/shop/'))
        .map((key) => key.split('/')[2]),
    ),
  ];

  it('are removed 30 days after their expiry, but for the live one and the two newest', async () => {
    const at = (days: number) => new Date(world.clock().getTime() + days * DAY);
    const { store } = world;
    const put = (day: string, expiry: number) =>
      archiveVersion(store, { ca, name: 'shop' }, { version: version(day), notAfter: at(expiry) });
    const live = world.live('shop').version;
    await put('01', -20);
    await put('02', -31 - 40);
    await put('03', -31 - 40);
    await put('04', -31 - 40);
    world.pass(31 * DAY);
    await put('05', -40);
    expect((await run(HOURLY)).outcomes).toEqual([]);
    expect((await run(WEEKLY)).outcomes).toEqual([
      { name: 'shop', outcome: 'mended', reason: 'old-versions' },
    ]);
    expect(versionsLeft()).toEqual([version('05'), live]);
  });
});

describe('a certificate without a renewal file', () => {
  const leave = (reason: string) => [{ name: 'shop', action: 'leave', reason }];

  it('is retired: told in the plan until it expires, not renewed, nothing removed', async () => {
    await world.store.remove('renewal/shop.json');
    const kept = () => world.store.keys().filter((key) => !/^(orders\/|index\.json)/.test(key));
    const before = kept();
    expect((await run(HOURLY)).plan.certificates).toEqual([]);
    expect((await run(WEEKLY)).plan.certificates).toMatchObject(leave('retired'));
    world.pass(80 * DAY);
    expect((await run(WEEKLY)).outcomes).toEqual([]);
    world.pass(20 * DAY);
    expect((await run(WEEKLY)).plan.certificates).toEqual([]);
    expect(kept()).toEqual(before);
    expect(world.zones.values('example.com', 'CAA')).not.toEqual([]);
  });

  it('is unmanaged when its pointer does not say where it came from, or cannot be read', async () => {
    await world.store.remove('renewal/shop.json');
    await edited({ ca: undefined });
    expect((await look(WEEKLY)).certificates).toMatchObject(leave('unmanaged'));
    await world.store.put('live/shop.json', '{');
    expect((await look(WEEKLY)).certificates).toMatchObject(leave('unmanaged'));
  });

  it.each([true, false])('has its leftover TXT swept (pointer there: %s)', async (hasPointer) => {
    const name = '_acme-challenge.example.com';
    world.zones.overwrite('ZEXAMPLECOM', { name, type: 'TXT', ttl: 777, values: ['"theirs"', '"left"'] });
    const record = { zoneId: 'ZEXAMPLECOM', name, type: 'TXT', values: ['"left"'], ttl: 60 };
    await world.store.put(
      'pending/shop.json',
      JSON.stringify({ owner: 'dead', leaseSeconds: 0, records: [record] }),
    );
    await world.store.remove('renewal/shop.json');
    if (!hasPointer) await world.store.remove('live/shop.json');
    world.pass(901_000);
    expect((await run(HOURLY)).outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'left-open' }]);
    expect(world.zones.values(name, 'TXT')).toEqual(['"theirs"']);
    expect(world.store.keys()).not.toContain('pending/shop.json');
    expect(issued()).toBe(1);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { isAsWanted, removePin, writePin } from '../../../cli/commands/restore.ts';
import { matchesChain } from '../../../lib/foundation/certificate/pointer-match.ts';
import type { CheckSummary, RenewalDue } from '../../../lib/foundation/events/events.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { findPin, pinnedOnce } from '../../../lib/issuance/renewal/read-pin.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

const NAMES = ['example.com'];
const DAY = 86_400_000;
let world: World;
let hosts: FakeHosts;

const scanDeps = () => ({ ...world, hosts, askRenewalInfo: async () => undefined });
const check = (start: object = { start: 'hourly-check' }) =>
  scan(scanDeps(), parseStart(start), world.clock());
/** A check, and the renewals and repairs that it makes due. */
async function checkAndDo(start?: object) {
  const known = world.events.of('Renewal Due').length;
  const plan = await check(start);
  const due = world.events.of('Renewal Due').slice(known) as RenewalDue[];
  const outcomes = [];
  for (const batch of due) outcomes.push(...(await world.renew(batch)));
  return { plan, outcomes };
}
const pinWith = (live: ReturnType<World['live']>) =>
  findPin(world.store, 'shop', {
    live,
    names: NAMES,
    revocations: [],
    state: JSON.parse(world.store.text('state/shop.json')),
    now: world.clock(),
  });
const versions = async () => (await world.store.folders('archive/shop/')).sort();
const pin = (version?: string) =>
  writePin(world.store, { name: 'shop', version, stack: world.stack }, world.clock());
const pinText = () => world.store.text('pins/shop.json');
const revoke = async (version: string, reason: string) => {
  const { serial, keyFingerprint } = world.live('shop');
  const known = { version, serial, keyFingerprint, reason, askedAt: world.clock().toISOString() };
  await world.store.put('revoked/shop.json', JSON.stringify({ versions: [known] }));
};

/** The first version is 20 days old, the second a day. */
let first: ReturnType<World['live']>;
let second: ReturnType<World['live']>;

beforeEach(async () => {
  world = await makeWorld();
  hosts = new FakeHosts();
  await world.want('shop', NAMES, { hosts: ['web'], acm: [{ region: 'eu-west-1' }] });
  await world.renew(world.due(['shop']));
  first = world.live('shop');
  world.pass(19 * DAY);
  await world.renew(world.due(['shop'], { reason: 'forced', replacing: first.version }));
  second = world.live('shop');
  world.pass(DAY);
  world.events.facts.length = 0;
});

it('is done for whoever asked once the version is live, and undone once the newer one is', async () => {
  const pinned = await pin();
  expect(isAsWanted(pinned, world.live('shop'))).toBe(false);
  await checkAndDo();
  expect(isAsWanted(pinned, world.live('shop'))).toBe(true);
  const released = await removePin(world.store, 'shop');
  expect(isAsWanted(released, world.live('shop'))).toBe(false);
  await checkAndDo();
  expect(isAsWanted(released, world.live('shop'))).toBe(true);
  expect(isAsWanted(pinned, undefined)).toBe(false);
});

it('is asked for again by each certificate of a batch, only if pins could not be listed', async () => {
  await pin();
  let asked = 0;
  const list = async (prefix: string) => {
    asked += 1;
    if (asked === 1) throw new Error('down');
    return world.store.list(prefix);
  };
  const pinned = pinnedOnce({ list });
  await expect(pinned()).rejects.toThrow('down');
  expect([...(await pinned())]).toEqual(['shop']);
  expect([...(await pinned())]).toEqual(['shop']);
  expect(asked).toBe(2);
});

describe('a version that a person puts back', () => {
  it('is live again by the next check, as the newest version, with its certificate and key', async () => {
    expect(await pin()).toMatchObject({ pinned: first.version });
    const { plan, outcomes } = await checkAndDo();
    expect(plan.certificates).toMatchObject([
      { action: 'mend', reason: 'pinned', pinned: { version: first.version } },
    ]);
    expect(outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'pinned' }]);
    const live = world.live('shop');
    expect(live).toMatchObject({
      serial: first.serial,
      restoredFrom: first.version,
      insteadOf: second.version,
    });
    expect(live.version > second.version).toBe(true);
    expect(matchesChain(live, world.store.text(`archive/shop/${live.version}/fullchain.pem`))).toBe(true);
    for (const file of ['cert', 'chain', 'fullchain', 'privkey']) {
      const archived = world.store.text(`archive/shop/${live.version}/${file}.pem`);
      expect(archived).toBe(world.store.text(`archive/shop/${first.version}/${file}.pem`));
      expect(world.store.text(`live/shop/${file}.pem`)).toBe(archived);
      expect(world.store.groups(`archive/shop/${live.version}/${file}.pem`)).toEqual(['web']);
    }
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it('goes live and stays pinned where only its serial number was revoked, with another key, at another CA', async () => {
    const theirs = {
      version: '20250101T000000Z-0a1b2c',
      serial: first.serial,
      keyFingerprint: 'f'.repeat(64),
    };
    const versions = [{ ...theirs, reason: 'superseded', askedAt: world.clock().toISOString() }];
    await world.store.put('revoked/shop.json', JSON.stringify({ versions }));
    expect(await pin()).toMatchObject({ pinned: first.version });
    expect((await checkAndDo()).outcomes).toEqual([{ name: 'shop', outcome: 'mended', reason: 'pinned' }]);
    expect(world.live('shop')).toMatchObject({ serial: first.serial, restoredFrom: first.version });
    await check();
    expect(pinText()).toContain(first.version);
  });

  it('goes to its hosts and to ACM, and is told', async () => {
    await pin(first.version);
    await checkAndDo();
    expect(world.events.of('Deployment Due')).toContainEqual({
      group: 'web',
      reason: 'pinned',
      names: ['shop'],
    });
    expect(world.events.of('Import Due')).toContainEqual({ names: ['shop'] });
    const { version } = world.live('shop');
    expect(world.events.of('Certificate Restored')).toEqual([
      { name: 'shop', version, from: first.version, pinned: true },
    ]);
  });

  it('stays live: it is not renewed, by force neither, and no check says that it is overdue', async () => {
    await pin();
    await checkAndDo();
    const { version } = world.live('shop');
    world.pass(45 * DAY);
    const { plan } = await checkAndDo();
    expect(plan.certificates).toMatchObject([{ action: 'wait', reason: 'pinned' }]);
    expect((await checkAndDo({ start: 'force', names: ['shop'] })).outcomes).toEqual([]);
    const summary = world.events.of('Certificates Checked').at(-1) as CheckSummary;
    expect(summary).toMatchObject({ overdue: { count: 0 }, pinned: { count: 1, items: [{ name: 'shop' }] } });
    expect(world.live('shop').version).toBe(version);
  });

  it('ends for good where its CA is about to revoke what is pinned, and is not put back again', async () => {
    await pin();
    await checkAndDo();
    const suggested = { certId: first.certId, at: first.notBefore, moved: true };
    await world.store.put('state/shop.json', JSON.stringify({ failures: 0, suggested }));
    const kept = [await pinWith(first), await pinWith({ ...first, version: second.version })];
    await checkAndDo();
    expect(kept.map((found) => found?.state.holds)).toEqual([false, true]);
    expect(world.events.of('Certificate Pin Ended')).toMatchObject([
      { version: first.version, message: expect.stringContaining('about to be revoked by its CA') },
    ]);
    expect(pinText()).toBe('');
    expect(world.live('shop').certId).not.toBe(first.certId);
    const { version } = world.live('shop');
    expect((await checkAndDo()).outcomes).toEqual([]);
    expect(world.live('shop').version).toBe(version);
  });

  it('is shown as pinned, with the way out', async () => {
    await pin();
    await checkAndDo();
    hosts.groups.set('web', [{ instanceId: 'i-00000001', online: true }]);
    const run = { version: world.live('shop').version, outcome: 'served', at: '', commandId: 'c1' };
    const record = { instanceId: 'i-00000001', group: 'web', lineages: { shop: run } };
    await world.store.put('hosts/i-00000001.json', JSON.stringify(record));
    await world.want('shop', NAMES, { hosts: ['web'] });
    const asked = { now: world.clock(), readsAtOnce: 1 };
    expect(await readStatus({ ...world, hosts }, asked)).toMatchObject([
      {
        health: 'pinned',
        trouble: expect.stringMatching(/version .* is pinned.*"restore shop --release" ends that/),
      },
    ]);
    const suggested = { certId: first.certId, at: first.notBefore, moved: true };
    await world.store.put('state/shop.json', JSON.stringify({ failures: 0, suggested }));
    expect((await readStatus({ ...world, hosts }, asked))[0]?.health).not.toBe('pinned');
  });

  it('may be the one that is live', async () => {
    await pin(second.version);
    expect((await checkAndDo()).outcomes).toEqual([]);
    expect(world.live('shop').version).toBe(second.version);
  });

  it('moves the pointer by If-Match: of a renewal meanwhile one wins', async () => {
    await pin();
    await check();
    const [due] = world.events.of('Renewal Due') as RenewalDue[];
    const replace = world.store.replace.bind(world.store);
    world.store.replace = async (key, body, options) => {
      world.store.replace = replace;
      await world.store.put('live/shop.json', `${world.store.text('live/shop.json')} `);
      return replace(key, body, options);
    };
    expect(await world.renew(due as RenewalDue)).toMatchObject([
      { outcome: 'left', reason: 'claimed-elsewhere' },
    ]);
    expect(world.live('shop').version).toBe(second.version);
  });
});

describe('a release', () => {
  it('makes what was live before live again, and it is renewed as before', async () => {
    await pin();
    await checkAndDo();
    const pinned = world.live('shop');
    await removePin(world.store, 'shop');
    const { plan } = await checkAndDo({ start: 'check', names: ['shop'] });
    expect(plan.certificates).toMatchObject([{ action: 'mend', reason: 'released' }]);
    const live = world.live('shop');
    expect(live).toMatchObject({ serial: second.serial, ca: second.ca });
    expect(live.version > pinned.version).toBe(true);
    expect([live.restoredFrom, live.insteadOf]).toEqual([undefined, undefined]);
    expect((await check()).certificates).toMatchObject([{ action: 'wait', reason: 'not-due' }]);
  });

  it('orders nothing for the age of the version that was pinned', async () => {
    await pin(first.version);
    await checkAndDo();
    world.pass(45 * DAY);
    await removePin(world.store, 'shop');
    const { plan } = await checkAndDo();
    expect(plan.certificates).toMatchObject([{ action: 'mend', reason: 'released' }]);
    expect(world.live('shop')).toMatchObject({ serial: second.serial });
    expect((await check()).certificates).toMatchObject([{ action: 'wait', reason: 'not-due' }]);
    expect(world.authority.issued).toHaveLength(2);
  });

  it.each([false, true])('gives up no order that is open, with reuseKey: %s', async (reuseKey) => {
    await world.want('shop', NAMES, { hosts: ['web'], reuseKey });
    await pin();
    await checkAndDo();
    await removePin(world.store, 'shop');
    world.authority.before = (call) => {
      if (call === 'certificate') throw new AcmeError('ca-unreachable', 'the CA does not answer');
    };
    const { version } = world.live('shop');
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
    world.authority.before = () => {};
    await checkAndDo();
    expect(world.live('shop')).toMatchObject({ serial: second.serial });
    world.pass(DAY);
    await checkAndDo();
    expect([first.serial, second.serial]).not.toContain(world.live('shop').serial);
    expect(world.authority.issued).toHaveLength(3);
  });

  it('uses nothing of the budget, and nor does the version that was put back: the CA issued neither again', async () => {
    for (let times = 0; times < 2; times += 1) {
      await pin(first.version);
      await checkAndDo();
      await removePin(world.store, 'shop');
      await checkAndDo();
    }
    expect(await versions()).toHaveLength(6);
    const { version } = world.live('shop');
    const due = world.due(['shop'], { reason: 'forced', replacing: version });
    expect(await world.renew(due)).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(3);
  });

  it('makes what was live before the first of several restores live again', async () => {
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: second.version }));
    const third = world.live('shop');
    for (const version of [first.version, second.version]) {
      await pin(version);
      await checkAndDo();
      expect(world.live('shop')).toMatchObject({ restoredFrom: version, insteadOf: third.version });
    }
    await removePin(world.store, 'shop');
    await checkAndDo();
    expect(world.live('shop')).toMatchObject({ serial: third.serial });
  });

  it('moves nothing where that is live already', async () => {
    await pin();
    await checkAndDo();
    await pin(second.version);
    await checkAndDo();
    const { version } = world.live('shop');
    await removePin(world.store, 'shop');
    await checkAndDo();
    expect(world.live('shop')).toMatchObject({ version, serial: second.serial });
    expect((await check()).certificates).toMatchObject([{ action: 'wait', reason: 'not-due' }]);
  });

  it('leaves what is live where what was live before is revoked', async () => {
    await pin();
    await checkAndDo();
    const { version } = world.live('shop');
    const { serial, keyFingerprint } = second;
    const known = { version: second.version, serial, keyFingerprint, reason: 'superseded', askedAt: '' };
    await world.store.put('revoked/shop.json', JSON.stringify({ versions: [known] }));
    await removePin(world.store, 'shop');
    await checkAndDo();
    expect(world.live('shop')).toMatchObject({ version, serial: first.serial });
    expect((await check()).certificates).toMatchObject([{ action: 'wait', reason: 'not-due' }]);
  });

  it('of what is not pinned says so', async () => {
    await expect(removePin(world.store, 'shop')).rejects.toThrow('shop is not pinned');
  });
});

describe('a pin ends by itself, with a message, and a good certificate is live after it', () => {
  beforeEach(async () => {
    await pin();
    await checkAndDo();
  });
  const ended = () => world.events.of('Certificate Pin Ended');

  it('in the last sixth of the life of what is pinned', async () => {
    world.pass(55 * DAY - 1);
    await checkAndDo();
    expect(ended()).toEqual([]);
    world.pass(1);
    const { outcomes } = await checkAndDo();
    expect(ended()).toMatchObject([
      {
        name: 'shop',
        version: first.version,
        reason: 'pin-ended',
        message: expect.stringContaining('last sixth'),
      },
    ]);
    expect(pinText()).toBe('');
    expect(outcomes).toMatchObject([{ outcome: 'renewed', reason: 'expires-soon' }]);
    expect([first.serial, second.serial]).not.toContain(world.live('shop').serial);
  });

  it('falls back to what was live before while a renewal that failed backs off', async () => {
    world.pass(55 * DAY);
    const notBefore = new Date(world.clock().getTime() + DAY).toISOString();
    const lastFailure = { at: world.clock().toISOString(), reason: 'ca-unreachable', message: 'down' };
    await world.store.put('state/shop.json', JSON.stringify({ failures: 1, lastFailure, notBefore }));
    await checkAndDo();
    expect(world.live('shop')).toMatchObject({ serial: second.serial });
  });

  it.each(['keyCompromise', 'superseded'])('when it is revoked: %s', async (reason) => {
    await revoke(world.live('shop').version, reason);
    const { outcomes } = await checkAndDo();
    expect(ended()).toMatchObject([{ message: expect.stringContaining(`is revoked (${reason})`) }]);
    expect(outcomes).toMatchObject([{ outcome: 'renewed', reason: 'revoked' }]);
  });

  it('when the file wants other names', async () => {
    await world.want('shop', ['example.com', 'www.example.com']);
    const { outcomes } = await checkAndDo();
    expect(ended()).toMatchObject([{ message: expect.stringContaining('the renewal file names others') }]);
    expect(outcomes).toMatchObject([{ outcome: 'renewed', reason: 'names-changed' }]);
  });

  it('when its object is none', async () => {
    await world.store.put('pins/shop.json', '<html>');
    await checkAndDo();
    expect(ended()).toMatchObject([{ message: expect.stringContaining('pins/shop.json is no pin') }]);
    expect(world.live('shop').serial).toBe(second.serial);
  });

  it('and only once somebody was told', async () => {
    world.pass(55 * DAY);
    world.events.before = () => {
      throw new Error('the bus is down');
    };
    await expect(check()).rejects.toThrow('the bus is down');
    expect(pinText()).not.toBe('');
    world.events.before = () => {};
    await check();
    expect(ended()).toHaveLength(1);
    expect(pinText()).toBe('');
  });

  it('and another pin that was written meanwhile stays', async () => {
    world.pass(55 * DAY);
    const remove = world.store.remove.bind(world.store);
    world.store.remove = async (key, options) => {
      if (key === 'pins/shop.json') await world.store.put(key, `${pinText()} `);
      return remove(key, options);
    };
    await check();
    expect(pinText()).not.toBe('');
  });
});

describe('a version is not put back', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['that is not there', () => pin('20260101T000000Z-0a1b2c'), /is not in the archive, or cannot be read/],
    ['that is no version', () => pin('../../x'), /is not a version/],
    [
      'that is in the last sixth of its life',
      async () => {
        world.pass(55 * DAY);
        return pin(first.version);
      },
      /is in the last sixth of its life/,
    ],
    [
      'whose key is compromised',
      async () => {
        const { serial, keyFingerprint } = first;
        const known = { version: 'x', serial: 'x', keyFingerprint, reason: 'keyCompromise', askedAt: '' };
        const versionKnown = { ...known, version: '20250101T000000Z-0a1b2c', serial };
        await world.store.put('revoked/shop.json', JSON.stringify({ versions: [versionKnown] }));
        return pin(first.version);
      },
      /is revoked \(keyCompromise\)/,
    ],
    [
      'that is for other names',
      async () => {
        await world.want('shop', ['www.example.com']);
        return pin(first.version);
      },
      /is for example.com, and the renewal file names others/,
    ],
    [
      'where what is revoked cannot be read',
      async () => {
        await world.store.put('revoked/shop.json', '{');
        return pin(first.version);
      },
      /revoked\/shop.json/,
    ],
  ])('%s', async (_, put, complaint) => {
    await expect(put()).rejects.toThrow(complaint);
    expect(pinText()).toBe('');
  });

  it('whose key in the archive is another, which only renew can see; the failure is told, and what is live stays', async () => {
    await pin();
    const key = world.store.text(`archive/shop/${second.version}/privkey.pem`);
    await world.store.put(`archive/shop/${first.version}/privkey.pem`, key);
    expect((await checkAndDo()).outcomes).toMatchObject([{ outcome: 'failed', reason: 'not-restorable' }]);
    expect(world.live('shop').version).toBe(second.version);
    expect(await versions()).toEqual([first.version, second.version]);
    expect(world.events.of('Certificate Renewal Failed')).toMatchObject([
      { name: 'shop', message: expect.stringContaining('is not whole in the archive') },
    ]);
  });

  it('where there is none before', async () => {
    await pin();
    await checkAndDo();
    await world.want('blog', ['blog.example.com']);
    await world.renew(world.due(['blog']));
    await expect(
      writePin(world.store, { name: 'blog', version: undefined, stack: world.stack }, world.clock()),
    ).rejects.toThrow(/blog: no version before/);
  });
});

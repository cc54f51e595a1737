import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { revoke } from '../../../lib/issuance/revocation/revoke.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { contested } from '../../fakes/contested-store.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com']);
  await world.renew(world.due(['shop']));
  world.events.facts.length = 0;
});

const asked = (reason = 'keyCompromise', more: object = {}, deps: Partial<World> = {}) =>
  revoke({ ...world, ...deps }, { revoke: 'shop', confirm: 'shop', reason, ...more }, world.clock());
/** With a second CA behind the first. */
const withFallback = () => ({
  stack: { ...world.stack, fallbackCas: [world.fallback.directoryUrl] },
});
/** Replaces the live version, and gives the one that it replaces. */
async function renewed(): Promise<string> {
  const { version } = world.live('shop');
  world.pass(60_000);
  await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
  world.events.facts.length = 0;
  return version;
}
/** Whether what was revoked was said to be live. */
const told = () => world.events.of('Certificate Revoked').map(({ isLive }) => isLive);
const record = () => JSON.parse(world.store.text('revoked/shop.json') || '{"versions":[]}').versions;
const plan = async () => {
  const deps = { ...world, hosts: new FakeHosts(), askRenewalInfo: async () => undefined };
  const { certificates } = await scan(deps, parseStart({ start: 'plan' }), world.clock());
  return certificates;
};

describe('revoke', () => {
  it('revokes the live version, writes it down, and has it replaced with a new key', async () => {
    const { version, serial, keyFingerprint } = world.live('shop');
    expect(await asked()).toEqual({
      name: 'shop',
      version,
      serial,
      reason: 'keyCompromise',
      ca: world.authority.directoryUrl,
      replaced: true,
    });
    const [{ certificate, reason } = { certificate: '', reason: '' }] = world.authority.revoked;
    expect([new X509Certificate(certificate).serialNumber.toLowerCase(), reason]).toEqual([
      serial,
      'keyCompromise',
    ]);
    expect(record()).toMatchObject([{ version, reason: 'keyCompromise', revokedAt: expect.any(String) }]);
    const [due = world.due([])] = world.events.of('Renewal Due');
    expect(await world.renew(due)).toMatchObject([{ outcome: 'renewed', reason: 'revoked' }]);
    expect(world.live('shop').keyFingerprint).not.toBe(keyFingerprint);
    expect(await plan()).toMatchObject([{ name: 'shop', action: 'wait', reason: 'not-due' }]);
  });

  it('is made up for by the next scan when its event is lost', async () => {
    await asked('superseded');
    const { version } = world.live('shop');
    const revoked = { version, reason: 'superseded', revokedAt: expect.any(String) };
    expect(await plan()).toMatchObject([{ name: 'shop', action: 'renew', reason: 'revoked', revoked }]);
  });

  it('is not held up by a renewal file that cannot be used', async () => {
    await world.store.put('renewal/shop.json', '{ "names": ["a_b.example.com"] }');
    expect(await asked()).toMatchObject({ reason: 'keyCompromise', replaced: false });
    expect(world.authority.revoked).toHaveLength(1);
  });

  it('replaces nothing after cessationOfOperation, and the plan says so', async () => {
    expect(await asked('cessationOfOperation')).toMatchObject({ replaced: false });
    expect(told()).toEqual([true]);
    expect(world.events.of('Renewal Due')).toEqual([]);
    expect(await plan()).toMatchObject([{ action: 'wait', revoked: { reason: 'cessationOfOperation' } }]);
  });

  it('of an older version leaves the live one', async () => {
    const { serial } = world.live('shop');
    const version = await renewed();
    expect(await asked('superseded', { version })).toMatchObject({ version, serial, replaced: false });
    expect(told()).toEqual([false]);
    expect(world.events.of('Renewal Due')).toEqual([]);
    expect(await plan()).toMatchObject([{ action: 'wait' }]);
  });

  it('of an older version replaces the live one as well where both have the compromised key', async () => {
    await world.want('shop', ['example.com'], { reuseKey: true });
    const version = await renewed();
    const live = world.live('shop');
    expect(await asked('keyCompromise', { version })).toMatchObject({ version, replaced: true });
    expect(told()).toEqual([true]);
    const [due] = world.events.of('Renewal Due');
    expect(due?.certificates).toEqual([{ name: 'shop', reason: 'revoked', replacing: live.version }]);
  });

  it('asks the CA of the live version first, and then has it replaced at the preferred one, by its role', async () => {
    const { directoryUrl: ca } = world.fallback;
    await world.store.put('live/shop.json', JSON.stringify({ ...world.live('shop'), ca }));
    await world.want('shop', ['example.com'], { zoneRole: 'dns' });
    expect(await asked()).toMatchObject({ ca });
    expect(world.authority.revoked).toEqual([]);
    expect(world.events.of('Renewal Due')).toMatchObject([
      { ca: world.authority.directoryUrl, zoneRole: 'dns', zoneIds: [] },
    ]);
  });

  it('asks the CAs of its file, and has it replaced at the first of them', async () => {
    const { directoryUrl: ca } = world.fallback;
    await world.want('shop', ['example.com'], { ca: [ca] });
    world.authority.before = () => {
      throw new AcmeError('acme-unauthorized', 'no');
    };
    expect(await asked()).toMatchObject({ ca });
    expect(world.events.of('Renewal Due')).toMatchObject([{ ca }]);
  });

  it('says of a certificate without a role nothing of one', async () => {
    await asked();
    expect(world.events.of('Renewal Due')[0]).not.toHaveProperty('zoneRole');
  });

  it('replaces nothing whose renewal file is removed', async () => {
    await world.store.remove('renewal/shop.json');
    expect(await asked()).toMatchObject({ replaced: false });
    expect(world.events.types()).toEqual(['Certificate Revoked']);
  });

  it('works for a version that is named although there is no pointer', async () => {
    const { version } = world.live('shop');
    await world.store.remove('live/shop.json');
    expect(await asked('superseded', { version })).toMatchObject({ version, replaced: false });
    expect(told()).toEqual([false]);
  });

  it('writes down when it was asked for before the CA is asked, and when the CA did it', async () => {
    const now = world.clock().toISOString();
    const { version, serial, keyFingerprint } = world.live('shop');
    const line = { version, serial, keyFingerprint, reason: 'superseded', askedAt: now };
    world.authority.before = (call) => {
      if (call === 'revoke') expect(record()).toEqual([line]);
    };
    await asked('superseded');
    expect(world.authority.revoked).toHaveLength(1);
    expect(record()).toEqual([{ ...line, revokedAt: now }]);
  });

  it('keeps what a newer release wrote into its record', async () => {
    await world.store.put('revoked/shop.json', '{ "versions": [], "more": 1 }');
    await asked('superseded');
    expect(JSON.parse(world.store.text('revoked/shop.json'))).toMatchObject({ more: 1 });
  });

  it('of two versions at once writes down both', async () => {
    const { version } = world.live('shop');
    const theirs = { version: '20261101T000000Z-0a1b2c', serial: '0b', keyFingerprint: 'f' };
    const line = { ...theirs, reason: 'superseded', askedAt: world.clock().toISOString() };
    const store = contested(world.store, 'revoked/shop.json', () =>
      world.store.put('revoked/shop.json', JSON.stringify({ versions: [line] })),
    );
    await revoke(
      { ...world, store },
      { revoke: 'shop', confirm: 'shop', reason: 'superseded' },
      world.clock(),
    );
    expect(store.contests).toBe(1);
    expect(record().map((one: { version: string }) => one.version)).toEqual([line.version, version]);
  });

  it('can be invoked again, and stands there once', async () => {
    await asked('superseded');
    await asked('keyCompromise');
    expect(record()).toMatchObject([{ reason: 'keyCompromise' }]);
  });
});

describe('when the CA', () => {
  const refuses = (reason: Reason) => {
    world.authority.before = (call) => {
      if (call === 'revoke') throw new AcmeError(reason, 'no');
    };
  };

  it('refuses, nothing is replaced', async () => {
    refuses('acme-unauthorized');
    await expect(asked()).rejects.toMatchObject({ reason: 'acme-unauthorized' });
    expect(world.store.keys().filter((key) => key.startsWith('revoked/'))).toEqual([]);
    expect(world.events.facts).toEqual([]);
  });

  it('refuses to say more of one that was revoked before, that stays written down', async () => {
    await asked('superseded');
    refuses('acme-rate-limited');
    await expect(asked()).rejects.toMatchObject({ reason: 'acme-rate-limited' });
    expect(record()).toMatchObject([{ reason: 'superseded', revokedAt: expect.any(String) }]);
  });

  it('does not answer, the certificate counts as revoked', async () => {
    refuses('ca-unreachable');
    await expect(asked()).rejects.toMatchObject({ reason: 'ca-unreachable' });
    expect(await plan()).toMatchObject([{ action: 'renew', reason: 'revoked' }]);
  });
});

describe('with two CAs', () => {
  type Answer = Reason | 'done';
  const answers = (first: Answer, second: Answer) => {
    for (const [authority, answer] of [
      [world.authority, first],
      [world.fallback, second],
    ] as const)
      authority.before = (call) => {
        if (call === 'revoke' && answer !== 'done') throw new AcmeError(answer, answer);
      };
  };

  it.each<[Answer, Answer]>([
    ['acme-unauthorized', 'done'],
    ['ca-unreachable', 'done'],
  ])('the second does it where the first says %s', async (first, second) => {
    answers(first, second);
    expect(await asked('superseded', {}, withFallback())).toMatchObject({ ca: world.fallback.directoryUrl });
  });

  it.each<[Answer, Answer, Reason, number]>([
    ['acme-unauthorized', 'acme-malformed', 'acme-unauthorized', 0],
    ['acme-unauthorized', 'ca-unreachable', 'ca-unreachable', 1],
    ['ca-unreachable', 'acme-unauthorized', 'ca-unreachable', 1],
  ])(
    'that say %s and %s, the failure is %s, and %i stay written down',
    async (first, second, reason, kept) => {
      answers(first, second);
      await expect(asked('superseded', {}, withFallback())).rejects.toMatchObject({ reason });
      expect(record()).toHaveLength(kept);
    },
  );
});

describe('what cannot be revoked is told in one line', () => {
  const missing = '20200101T000000Z-0a1b2c';
  it.each([
    [
      'a certificate that was never issued',
      { revoke: 'none', confirm: 'none' },
      'nothing-to-revoke',
      'none: there is no live version; name one as "version"',
    ],
    [
      'a version that is not there',
      { version: missing },
      'version-missing',
      `archive/shop/${missing}/cert.pem does not exist; see which versions archive/shop/ has`,
    ],
    [
      'one that is not confirmed',
      { confirm: 'shops' },
      'not-confirmed',
      'event: a certificate that is revoked cannot be used any more; give its name again, as "confirm": "shop"',
    ],
  ])('%s', async (_, more, reason, message) => {
    await expect(asked('superseded', more)).rejects.toMatchObject({ reason, message });
    expect(world.authority.revoked).toEqual([]);
    expect(record()).toEqual([]);
  });

  it('a version that is no certificate', async () => {
    const key = `archive/shop/${world.live('shop').version}/cert.pem`;
    await world.store.put(key, 'no PEM');
    await expect(asked()).rejects.toMatchObject({
      reason: 'version-malformed',
      message: `${key} is no certificate`,
    });
    expect(world.authority.revoked).toEqual([]);
  });

  it('a record that cannot be read, before the CA is asked', async () => {
    await world.store.put('revoked/shop.json', '{');
    await expect(asked()).rejects.toMatchObject({
      reason: 'revocations-malformed',
      message: expect.stringContaining('revoked/shop.json'),
    });
    expect(world.authority.revoked).toEqual([]);
  });

  it('but no failure of the store, which is passed on', async () => {
    const get = async () => {
      throw new Error('down');
    };
    await expect(
      asked('superseded', {}, { store: Object.assign(new MemoryStore(world.clock), { get }) }),
    ).rejects.toThrow('down');
  });
});

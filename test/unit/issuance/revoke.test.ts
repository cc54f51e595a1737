import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { revoke } from '../../../lib/issuance/revocation/revoke.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com']);
  await world.renew(world.due(['shop']));
  world.events.facts.length = 0;
});

const asked = (reason = 'keyCompromise', more: object = {}) =>
  revoke(world, { revoke: 'shop', confirm: 'shop', reason, ...more }, world.clock());
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
    const { version, serial } = world.live('shop');
    world.pass(60_000);
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
    world.events.facts.length = 0;
    expect(await asked('superseded', { version })).toMatchObject({ version, serial, replaced: false });
    expect(told()).toEqual([false]);
    expect(world.events.of('Renewal Due')).toEqual([]);
    expect(await plan()).toMatchObject([{ action: 'wait' }]);
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

describe('what cannot be revoked is told in one line', () => {
  it.each([
    ['a certificate that was never issued', { revoke: 'none', confirm: 'none' }, 'nothing-to-revoke'],
    ['a version that is not there', { version: '20200101T000000Z-0a1b2c' }, 'version-missing'],
    ['one that is not confirmed', { confirm: 'shops' }, 'not-confirmed'],
  ])('%s', async (_, more, reason) => {
    await expect(asked('superseded', more)).rejects.toMatchObject({ reason });
    expect(world.authority.revoked).toEqual([]);
    expect(record()).toEqual([]);
  });
});

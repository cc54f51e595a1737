import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { makeWorld, type World } from './renewal-world.ts';

const HOUR = 3_600_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['shop.example.com']);
  await world.want('blog', ['blog.example.org']);
});

const renew = (...names: string[]) => world.renew(world.due(names));
const left = () => world.zones.all('TXT').map(({ name }) => name);
const outcomeOf = (outcomes: { name: string }[], name: string) => outcomes.find((one) => one.name === name);

describe('an order that the CA forgot', () => {
  it('is ordered anew, with another key, and nothing of it is left', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new AcmeError('acme-server-internal', 'the CA is down');
    };
    expect(await renew('shop')).toMatchObject([{ outcome: 'failed' }]);
    const pending = world.store.text('pending/shop.json');
    expect(pending).toContain('PRIVATE KEY');
    world.authority.before = (call, about) => {
      if (call === 'order' && world.authority.requests.length === 1)
        throw new AcmeError('acme-malformed', `no order ${about}`);
    };
    world.pass(HOUR);
    const tries = [await renew('shop')];
    for (let again = 0; again < 4 && !world.live('shop'); again += 1) {
      world.pass(24 * HOUR);
      tries.push(await renew('shop'));
    }
    expect(tries.at(-1)).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(2);
    expect(world.authority.issued).toHaveLength(1);
    expect(world.store.text('pending/shop.json')).toBe('');
    expect(left()).toEqual([]);
    const { version } = world.live('shop');
    const key = world.store.text(`archive/shop/${version}/privkey.pem`);
    expect(pending).not.toContain(JSON.stringify(key).slice(1, -1));
  });
});

describe('a hosted zone that is gone', () => {
  it('fails the certificates in it alone, before or while records are written', async () => {
    world.zones.before = (_, zoneId) => {
      if (zoneId === 'ZEXAMPLECOM') throw new ZoneError('zone-missing', `hosted zone ${zoneId} is gone`);
    };
    const outcomes = await renew('shop', 'blog');
    expect(outcomeOf(outcomes, 'shop')).toMatchObject({ outcome: 'failed', reason: 'zone-missing' });
    expect(outcomeOf(outcomes, 'blog')).toMatchObject({ outcome: 'renewed' });
    expect(left()).toEqual([]);
    world.zones.before = () => {};
    world.pass(24 * HOUR);
    expect(await renew('shop')).toMatchObject([{ outcome: 'renewed' }]);
  });
});

describe('two certificates that fail beside one that is renewed', () => {
  it('are each told with their own reason, and the third is renewed once', async () => {
    await world.want('closed', ['closed.example.com']);
    world.zones.overwrite('ZEXAMPLECOM', {
      ...{ name: 'closed.example.com', type: 'CAA', ttl: 60 },
      values: ['0 issue ";"'],
    });
    world.authority.before = (call, about) => {
      if (call === 'createOrder' && about === 'blog.example.org')
        throw new AcmeError('acme-rejected-identifier', 'the CA refuses blog.example.org');
    };
    const outcomes = await renew('closed', 'shop', 'blog');
    expect(outcomeOf(outcomes, 'closed')).toMatchObject({ outcome: 'failed', reason: 'caa-forbids' });
    expect(outcomeOf(outcomes, 'blog')).toMatchObject({
      outcome: 'failed',
      reason: 'acme-rejected-identifier',
    });
    expect(outcomeOf(outcomes, 'shop')).toMatchObject({ outcome: 'renewed' });
    expect(world.authority.issued).toEqual([['shop.example.com']]);
    const failed = world.events.of('Certificate Renewal Failed').map(({ name, reason }) => [name, reason]);
    expect(failed.sort()).toEqual([
      ['blog', 'acme-rejected-identifier'],
      ['closed', 'caa-forbids'],
    ]);
    for (const name of ['closed', 'blog']) {
      expect(JSON.parse(world.store.text(`state/${name}.json`))).toMatchObject({ failures: 1 });
      expect(world.live(name)).toBeNull();
    }
    expect(world.store.text('state/shop.json')).toBe('');
    expect(left()).toEqual([]);
  });
});

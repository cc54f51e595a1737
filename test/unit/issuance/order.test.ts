import { beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

const DAY = 86_400_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const shop = (more: object = {}) => world.renew(world.due(['shop'], more));
const again = () => shop({ reason: 'forced', replacing: world.live('shop').version });
const pending = () => JSON.parse(world.store.text('pending/shop.json'));
/** What is recorded of a renewal when its challenges are answered. */
async function recorded(): Promise<{ records: object[]; order: Record<string, string> }> {
  let seen: ReturnType<typeof pending>;
  world.authority.before = (call) => {
    if (call === 'answerChallenge') seen ??= pending();
  };
  await shop();
  return seen;
}
const txt = () =>
  world.zones.batches
    .flatMap(({ changes }) => changes)
    .filter(({ action, set }) => action === 'CREATE' && set.type === 'TXT')
    .map(({ set }) => [set.name, set.ttl]);

describe('an order', () => {
  it('asks for the names, by the profile of the file', async () => {
    await world.want('shop', ['example.com', 'www.example.com'], { profile: 'tlsserver' });
    await shop();
    expect(world.authority.requests).toEqual([
      { names: ['example.com', 'www.example.com'], profile: 'tlsserver', replaces: undefined },
    ]);
  });

  it('is not placed once the time of the function has ended, which is told', async () => {
    await world.want('shop', ['example.com']);
    const signal = AbortSignal.abort();
    expect(await world.renew(world.due(['shop']), { signal })).toMatchObject([
      { message: "the function's time ended before shop was ordered; the next run does it" },
    ]);
  });

  it('is recorded with its key, what it is for, and what is written to the DNS, before a challenge is answered', async () => {
    await world.want('shop', ['example.com'], { zoneRole: 'dns' });
    world = Object.assign(world, await makeWorld({ published: 'dns' }));
    await world.want('shop', ['example.com'], { zoneRole: 'dns', caa: { mode: 'off' } });
    let seen: ReturnType<typeof pending>;
    world.authority.before = (call) => {
      if (call === 'answerChallenge') seen ??= pending();
    };
    await world.renew({ ...world.due(['shop']), zoneRole: 'dns' });
    expect(seen).toMatchObject({
      order: {
        url: 'https://ca.test/order/1',
        key: expect.stringContaining('PRIVATE KEY'),
        request: JSON.stringify([world.authority.directoryUrl, ['example.com'], 'ecdsa-p256', null]),
        at: '2026-11-20T02:00:00.000Z',
      },
    });
    expect(seen.records).toEqual([
      {
        ...{ zoneId: 'ZEXAMPLECOM', name: '_acme-challenge.example.com', type: 'TXT', ttl: 60 },
        ...{ values: [expect.stringMatching(/^".+"$/)], zoneRole: 'dns' },
      },
    ]);
  });

  it('records CAA beside the proof, each once, also where it is resumed', async () => {
    await world.want('shop', ['example.com']);
    const first = await recorded();
    expect(first.records).toHaveLength(2);
    world = await makeWorld();
    await world.want('shop', ['example.com']);
    world.authority.before = (call) => {
      if (call === 'answerChallenge') throw new AcmeError('ca-unreachable', 'down');
    };
    await shop();
    const { order, records } = pending();
    world.pass(DAY / 24);
    await shop();
    expect(pending().order).toEqual(order);
    expect(pending().records).toHaveLength(2);
    expect(pending().records).toEqual(expect.arrayContaining(records));
    expect(world.authority.requests).toHaveLength(1);
  });

  it('has its proof kept for a minute at its own name, and for a second where several lead', async () => {
    await world.want('shop', ['example.com', 'www.example.com'], { caa: { mode: 'off' } });
    world.resolver.cnames.set('_acme-challenge.www.example.com', 'proof.example.org');
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(txt().sort()).toEqual([
      ['_acme-challenge.example.com', 60],
      ['proof.example.org', 1],
    ]);
  });

  it('without a challenge that we can answer is told with the name', async () => {
    await world.want('shop', ['example.com']);
    const authorization = world.authority.authorization.bind(world.authority);
    world.authority.authorization = async (url) => ({ ...(await authorization(url)), challenge: undefined });
    expect(await shop()).toMatchObject([
      {
        reason: 'dns-01-not-offered',
        message: 'the CA offers no dns-01 challenge for example.com of shop',
      },
    ]);
  });
});

describe('an order that replaces a certificate', () => {
  it.each<[Error & { reason?: Reason }]>([
    [new AcmeError('acme-server-internal', 'database is down')],
    [new AcmeError('acme-rate-limited', 'the given certificate')],
    [new Error('given certificate')],
  ])('is not placed a second time where the CA fails otherwise: %s', async (error) => {
    await world.want('shop', ['example.com']);
    await shop();
    let asked = 0;
    world.authority.createOrder = async () => {
      asked += 1;
      throw error;
    };
    expect(await again()).toMatchObject([{ outcome: 'failed' }]);
    expect(asked).toBe(1);
  });

  it('names none that has no identifier', async () => {
    await world.want('shop', ['example.com']);
    await shop();
    await world.store.put('live/shop.json', JSON.stringify({ ...world.live('shop'), certId: '' }));
    await again();
    expect(world.authority.requests.map(({ replaces }) => replaces)).toEqual([undefined, undefined]);
  });
});

describe('a key that is to be used again', () => {
  beforeEach(async () => {
    await world.want('shop', ['example.com'], { reuseKey: true });
    await shop();
    world.pass(DAY);
  });
  const fingerprint = () => world.live('shop').keyFingerprint;
  const warned = () => world.warnings.filter((one) => one.startsWith('key-not-reused'));

  it('is used again, and nothing is told', async () => {
    const before = fingerprint();
    await again();
    expect(fingerprint()).toBe(before);
    expect(warned()).toEqual([]);
  });

  it.each(["is not its certificate's", 'is compromised'])(
    'and %s is replaced, which is told',
    async (why) => {
      const { version, serial, keyFingerprint } = world.live('shop');
      const of = { version: '20261101T000000Z-0a1b2c', serial, keyFingerprint };
      const revocation = { ...of, reason: 'keyCompromise', askedAt: world.clock().toISOString() };
      if (why === 'is compromised')
        await world.store.put('revoked/shop.json', JSON.stringify({ versions: [revocation] }));
      // One that was damaged before is mended before the order.
      else
        world.authority.before = async (call) => {
          if (call === 'createOrder') await world.store.put(`archive/shop/${version}/privkey.pem`, 'damaged');
        };
      expect(await again()).toMatchObject([{ outcome: 'renewed' }]);
      expect(fingerprint()).not.toBe(keyFingerprint);
      expect(warned()).toEqual([`key-not-reused: shop gets a new key: the one of ${version} ${why}`]);
    },
  );

  it('is not where another type is wanted, and nothing is told of that', async () => {
    const before = fingerprint();
    await world.want('shop', ['example.com'], { reuseKey: true, key: 'ecdsa-p384' });
    await again();
    expect(fingerprint()).not.toBe(before);
    expect(warned()).toEqual([]);
  });

  it('is replaced where nobody can tell what is compromised', async () => {
    const before = fingerprint();
    await world.store.put('revoked/shop.json', '{');
    await again();
    expect(fingerprint()).not.toBe(before);
    expect(warned()).toEqual([expect.stringContaining('revoked/shop.json')]);
  });
});

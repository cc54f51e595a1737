import { createPrivateKey, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { policyFinder } from '../../../lib/issuance/dns/rules/record-names.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { orderLockKey } from '../../../lib/issuance/renewal/order-lock.ts';
import type { MemoryStore } from '../../fakes/memory-store.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
const LEASE = 15 * MINUTE;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

/** The pointer's certificate and key are a pair. */
function expectPair(store: MemoryStore, name: string): void {
  const { version } = world.live(name, store);
  const file = (part: string) => store.text(`archive/${name}/${version}/${part}.pem`);
  const leaf = new X509Certificate(file('cert'));
  expect(leaf.checkPrivateKey(createPrivateKey(file('privkey')))).toBe(true);
}

describe('a renewal', () => {
  it('ends with archive, pointer, copies and facts, and leaves nothing else', async () => {
    await world.want('shop', ['example.com', '*.example.com', 'www.example.org'], { hosts: ['web', 'api'] });
    const outcomes = await world.renew(world.due(['shop']));
    const { version, serial, notAfter } = world.live('shop');
    expect(outcomes).toEqual([
      { name: 'shop', outcome: 'renewed', reason: 'never-issued', version, serial, notAfter },
    ]);
    const parts = ['cert', 'chain', 'fullchain', 'privkey'];
    expect(world.store.keys()).toEqual(
      [
        ...parts.map((part) => `archive/shop/${version}/${part}.pem`),
        'live/shop.json',
        ...['bundle', ...parts].map((part) => `live/shop/${part}.pem`),
        orderLockKey({
          ca: world.authority.directoryUrl,
          names: ['www.example.org', '*.example.com', 'example.com'],
        }),
        'renewal/shop.json',
      ].sort(),
    );
    expectPair(world.store, 'shop');
    expect(world.store.groups(`archive/shop/${version}/privkey.pem`)).toEqual(['web', 'api']);
    expect(world.zones.all('TXT')).toEqual([]);
    expect(world.events.types()).toEqual(['Deployment Due', 'Deployment Due', 'Certificate Renewed']);
    expect(world.warnings).toEqual([]);
  });

  it('tells ACM only of the certificates that want it', async () => {
    await world.want('plain', ['example.com']);
    await world.want('shop', ['www.example.com'], { acm: [{ region: 'us-east-1' }] });
    await world.renew(world.due(['plain', 'shop']));
    expect(world.events.of('Import Due')).toEqual([{ names: ['shop'] }]);
  });

  it('writes all proofs of a zone in one batch, and removes them in one', async () => {
    for (const name of ['a', 'b', 'c'])
      await world.want(name, [`${name}.example.com`], { caa: { mode: 'off' } });
    await world.renew(world.due(['a', 'b', 'c']));
    expect(world.zones.batches).toHaveLength(2);
  });

  it('writes and removes in one batch only what one policy lets the role write', async () => {
    const domains = Array.from({ length: 80 }, (_, index) => `shop-${index}.example.com`);
    Object.assign(world.stack, { domains });
    await world.want('a', ['shop-0.example.com', 'shop-9.example.com'], { caa: { mode: 'off' } });
    await world.want('b', ['shop-1.example.com'], { caa: { mode: 'off' } });
    await world.renew(world.due(['a', 'b']));
    const policyOf = policyFinder(world.stack);
    const policies = world.zones.batches.map(
      ({ changes }) => new Set(changes.map(({ set }) => policyOf(set))),
    );
    expect(policies.map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(world.zones.all('TXT')).toEqual([]);
  });

  it('of an apex with its wildcard proves both at one name', async () => {
    await world.want('shop', ['example.com', '*.example.com']);
    await world.renew(world.due(['shop']));
    const [, txt] = world.zones.batches.map(({ changes }) => changes);
    expect(world.authority.issued).toEqual([['example.com', '*.example.com']]);
    expect(txt).toBeDefined();
  });

  it("keeps somebody else's proof at the same name", async () => {
    await world.want('shop', ['example.com']);
    const theirs = {
      name: '_acme-challenge.example.com',
      type: 'TXT' as const,
      ttl: 300,
      values: ['"theirs"'],
    };
    world.zones.overwrite('ZEXAMPLECOM', theirs);
    await world.renew(world.due(['shop']));
    expect(world.zones.all('TXT')).toEqual([theirs]);
    expect(world.authority.issued).toHaveLength(1);
  });

  it('adds CAA where none lets our CA issue, and leaves it', async () => {
    world.zones.overwrite('ZEXAMPLECOM', {
      name: 'example.com',
      type: 'CAA',
      ttl: 60,
      values: ['0 issue "x.test"'],
    });
    await world.want('shop', ['www.example.com', 'www.example.org']);
    await world.renew(world.due(['shop']));
    expect(world.zones.values('example.com', 'CAA')).toEqual(['0 issue "x.test"', '0 issue "ca.test"']);
    expect(world.zones.values('www.example.org', 'CAA')).toEqual(['0 issue "ca.test"']);
  });

  it.each<[string, string[], object, string]>([
    ['an unknown critical property', ['128 tbs "x"'], {}, 'caa-unknown-critical'],
    [
      'another CA only, and files that only check',
      ['0 issue "x.test"'],
      { caa: { mode: 'check' } },
      'caa-forbids',
    ],
  ])('is not ordered where CAA has %s', async (_, values, more, reason) => {
    world.zones.overwrite('ZEXAMPLECOM', { name: 'example.com', type: 'CAA', ttl: 60, values });
    await world.want('shop', ['example.com'], more);
    expect(await world.renew(world.due(['shop']))).toMatchObject([{ outcome: 'failed', reason }]);
    expect(world.authority.requests).toEqual([]);
    expect(world.zones.values('example.com', 'CAA')).toEqual(values);
  });

  it('with the challenge delegated writes where the CNAME leads', async () => {
    world.resolver.cnames.set('_acme-challenge.example.com', 'proof.example.org');
    await world.want('shop', ['example.com'], { caa: { mode: 'off' } });
    await world.renew(world.due(['shop']));
    expect(world.zones.batches.map(({ zoneId, changes }) => [zoneId, changes[0]?.set.name])).toEqual([
      ['ZEXAMPLEORG', 'proof.example.org'],
      ['ZEXAMPLEORG', 'proof.example.org'],
    ]);
  });

  it('is proved at its own name where the CNAME there is only that of a wildcard', async () => {
    world.resolver.cnames.set('_acme-challenge.example.com', 'lb.elsewhere.test');
    world.zones.belowWildcard.add('_acme-challenge.example.com');
    await world.want('shop', ['example.com', '*.example.com'], { caa: { mode: 'off' } });
    expect(await world.renew(world.due(['shop']))).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.batches[0]?.changes[0]?.set.name).toBe('_acme-challenge.example.com');
  });

  it('is not ordered where the challenge leads to a name that the stack may not write', async () => {
    world.resolver.cnames.set('_acme-challenge.example.com', 'elsewhere.example.org');
    await world.want('shop', ['example.com']);
    const [outcome] = await world.renew(world.due(['shop']));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: 'outside-challenge-targets',
      message: expect.stringContaining('add "elsewhere.example.org" to challengeTargets'),
    });
    expect(world.zones.batches).toEqual([]);
  });

  it('forgets earlier failures', async () => {
    await world.want('shop', ['example.com']);
    await world.store.put('state/shop.json', '{"failures": 3}');
    await world.renew(world.due(['shop']));
    expect(world.store.keys()).not.toContain('state/shop.json');
  });

  it('never moves the pointer to an older version, whatever the clocks say', async () => {
    await world.want('shop', ['example.com']);
    await world.renew(world.due(['shop']));
    const first = world.live('shop').version;
    world.pass(-MINUTE);
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: first }));
    expect(world.authority.issued).toHaveLength(2);
    expect(world.live('shop').version > first).toBe(true);
  });
});

describe('when one certificate fails', () => {
  const failures: [string, string, (world: World) => void][] = [
    [
      'an order',
      'acme-rejected-identifier',
      ({ authority }) => {
        authority.before = (call, about) => {
          if (call === 'createOrder' && about.includes('bad'))
            throw new AcmeError('acme-rejected-identifier', 'no');
        };
      },
    ],
    [
      'a challenge',
      'acme-unauthorized',
      ({ authority }) => {
        authority.before = (call, about) => {
          if (call === 'answerChallenge' && about.includes('bad'))
            throw new AcmeError('acme-unauthorized', 'no');
        };
      },
    ],
    [
      'a finalization',
      'acme-bad-csr',
      ({ authority }) => {
        authority.before = (call, about) => {
          if (call === 'finalize' && about.includes('bad')) throw new AcmeError('acme-bad-csr', 'no');
        };
      },
    ],
    [
      'a write',
      'unexpected-error',
      ({ store }) => {
        store.beforeWrite = (key) => {
          if (key.startsWith('archive/bad/')) throw new Error('disk on fire');
        };
      },
    ],
    [
      'a hosted zone',
      'zone-unavailable',
      ({ zones }) => {
        zones.before = (call, zoneId) => {
          if (call === 'change' && zoneId === 'ZEXAMPLEORG') throw new ZoneError('zone-unavailable', 'no');
        };
      },
    ],
  ];

  it.each(failures)('by %s, the others go on and it is remembered and told', async (_, reason, breakIt) => {
    await world.want('good', ['www.example.com']);
    await world.want('bad', ['bad.example.org']);
    breakIt(world);
    const outcomes = await world.renew(world.due(['bad', 'good']));
    expect(outcomes).toMatchObject([
      { name: 'good', outcome: 'renewed' },
      { name: 'bad', outcome: 'failed', reason },
    ]);
    expect(world.events.of('Certificate Renewal Failed')).toMatchObject([
      { name: 'bad', reason, failures: 1, notBefore: '2026-11-20T02:01:00.000Z' },
    ]);
    expect(JSON.parse(world.store.text('state/bad.json')).lastFailure.reason).toBe(reason);
    expect(world.live('bad')).toBeNull();
    expect(world.zones.all('TXT')).toEqual([]);
  });

  it('by what the CA looks up, its words are told and nothing is left in the DNS', async () => {
    await world.want('shop', ['example.com']);
    world.authority.before = (call) => {
      if (call === 'answerChallenge')
        world.zones.overwrite('ZEXAMPLECOM', {
          name: '_acme-challenge.example.com',
          type: 'TXT',
          ttl: 60,
          values: [],
        });
    };
    expect(await world.renew(world.due(['shop']))).toMatchObject([
      { reason: 'challenge-invalid', message: expect.stringContaining('example.com: Incorrect TXT record') },
    ]);
    expect(world.zones.all('TXT')).toEqual([]);
  });

  it.each([
    ['the renewal file is gone', 'renewal-file-missing', () => world.store.remove('renewal/shop.json')],
    ['the renewal file is broken', 'renewal-file-invalid', () => world.store.put('renewal/shop.json', '{')],
    ['no zone holds the name', 'outside-domains', () => world.want('shop', ['example.net'])],
  ])('because %s: %s, and the claim is given back', async (_, reason, breakIt) => {
    await breakIt();
    expect(await world.renew(world.due(['shop']))).toMatchObject([{ outcome: 'failed', reason }]);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it('because the CA cannot be opened, all are remembered', async () => {
    for (const name of ['a', 'b']) await world.want(name, [`${name}.example.com`]);
    world.openAuthority = async () => {
      throw new AcmeError('ca-unreachable', 'no');
    };
    const { renewBatch } = await import('../../../lib/issuance/renewal/renew-batch.ts');
    const signal = new AbortController().signal;
    const outcomes = await renewBatch(world, world.due(['a', 'b']), { owner: 'run', signal });
    expect(outcomes.map((outcome) => outcome.reason)).toEqual(['ca-unreachable', 'ca-unreachable']);
    expect(world.store.keys().filter((key) => key.startsWith('pending/'))).toEqual([]);
  });

  it('cleans every zone although one of them cannot be cleaned', async () => {
    await world.want('org', ['example.org'], { caa: { mode: 'off' } });
    await world.want('com', ['example.com']);
    let changes = 0;
    world.zones.before = (call, zoneId) => {
      if (call !== 'change' || zoneId !== 'ZEXAMPLEORG') return;
      const proofs = world.zones.values('_acme-challenge.example.org', 'TXT').length;
      if (proofs > 0 && changes++ === 0) throw new ZoneError('zone-unavailable', 'no');
    };
    await world.renew(world.due(['org', 'com']));
    expect(world.zones.all('TXT').map(({ name }) => name)).toEqual(['_acme-challenge.example.org']);
    expect(world.warnings.join()).toContain('TXT values are left behind');
    expect(world.store.text('pending/org.json')).toContain('_acme-challenge.example.org');
  });
});

describe('one renewal issues one certificate', () => {
  beforeEach(() => world.want('shop', ['example.com']));

  it('when its message comes twice', async () => {
    await world.renew(world.due(['shop']));
    expect(await world.renew(world.due(['shop']))).toMatchObject([
      { outcome: 'left', reason: 'no-longer-due' },
    ]);
    expect(world.authority.issued).toHaveLength(1);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it('when its message comes five times at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => world.renew(world.due(['shop']))));
    expect(outcomes.flat().filter(({ outcome }) => outcome === 'renewed')).toHaveLength(1);
    expect(world.authority.issued).toHaveLength(1);
  });

  it('when a message names it twice', async () => {
    const outcomes = await world.renew(world.due(['shop', 'shop']));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['renewed']);
    expect(world.authority.requests).toHaveLength(1);
  });

  it.each(['authorization', 'answerChallenge', 'finalize', 'certificate'] as const)(
    'when the worker dies at %s',
    async (at) => {
      let left: MemoryStore | undefined;
      world.authority.before = (call) => {
        if (call !== at || left) return;
        left = world.store.snapshot(world.clock);
        // The dead worker's later work is not to be seen: it stops here.
        throw new AcmeError('ca-unreachable', 'the worker died');
      };
      await world.renew(world.due(['shop']));
      if (!left) throw new Error(`${at} was not called`);
      const saved = JSON.parse(left.text('pending/shop.json')).order;
      world.pass(LEASE - 1);
      expect(await world.renew(world.due(['shop']), { store: left })).toMatchObject([
        { reason: 'claimed-elsewhere' },
      ]);
      world.pass(1);
      expect(await world.renew(world.due(['shop']), { store: left })).toMatchObject([{ outcome: 'renewed' }]);
      expect(world.authority.issued).toHaveLength(1);
      expectPair(left, 'shop');
      if (saved) {
        const { version } = world.live('shop', left);
        expect(left.text(`archive/shop/${version}/privkey.pem`)).toBe(saved.key);
        expect(world.authority.requests).toHaveLength(1);
      }
      expect(world.zones.all('TXT')).toEqual([]);
      expect(left.keys()).not.toContain('pending/shop.json');
    },
  );

  it('and is shown to the groups that its file names by then, also what was archived before', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await world.renew(world.due(['shop']));
    world.pass(60 * 24 * 60 * MINUTE);
    const next = world.due(['shop'], { reason: 'expires-soon', replacing: world.live('shop').version });
    let left: MemoryStore | undefined;
    world.store.beforeWrite = (key) => {
      if (key === 'live/shop.json') left ??= world.store.snapshot(world.clock);
    };
    await world.renew(next);
    if (!left) throw new Error('the pointer was not written');
    await left.put('renewal/shop.json', JSON.stringify({ names: ['example.com'], hosts: ['api'] }));
    world.pass(LEASE);
    expect(await world.renew(next, { store: left })).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(2);
    const { hosts, version } = world.live('shop', left);
    expect(hosts).toEqual(['api']);
    for (const file of ['cert', 'chain', 'fullchain', 'privkey'])
      expect(left.groups(`archive/shop/${version}/${file}.pem`)).toEqual(['api']);
  });

  it('and the next one another, although the last left its order', async () => {
    let left: MemoryStore | undefined;
    world.store.beforeWrite = (key) => {
      if (key === 'live/shop/cert.pem') left ??= world.store.snapshot(world.clock);
    };
    await world.renew(world.due(['shop']));
    if (!left) throw new Error('no copies were written');
    const first = world.live('shop', left);
    expect(left.keys()).toContain('pending/shop.json');
    world.pass(60 * 24 * 60 * MINUTE);
    const next = world.due(['shop'], { reason: 'expires-soon', replacing: first.version });
    expect(await world.renew(next, { store: left })).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(2);
    expect(world.live('shop', left).serial).not.toBe(first.serial);
  });
});

describe('a pointer that was moved meanwhile', () => {
  it('stays, and the renewal ends without a failure', async () => {
    await world.want('shop', ['example.com']);
    world.authority.before = async (call) => {
      if (call === 'certificate') await world.store.put('live/shop.json', 'moved');
    };
    expect(await world.renew(world.due(['shop']))).toMatchObject([
      { outcome: 'left', reason: 'claimed-elsewhere' },
    ]);
    expect(world.store.text('live/shop.json')).toBe('moved');
    expect(world.events.facts).toEqual([]);
    expect(world.store.keys()).not.toContain('state/shop.json');
  });
});

describe("when the function's time is over", () => {
  it('no order is made', async () => {
    await world.want('shop', ['example.com']);
    const outcomes = await world.renew(world.due(['shop']), { signal: AbortSignal.abort() });
    expect(outcomes).toMatchObject([{ outcome: 'left', reason: 'out-of-time' }]);
    expect(world.authority.requests).toEqual([]);
    expect(world.store.keys()).toEqual(['renewal/shop.json']);
  });
});

describe('key material', () => {
  it('is in no event, warning, outcome or failure', async () => {
    await world.want('good', ['www.example.com'], { hosts: ['web'] });
    await world.want('bad', ['bad.example.org']);
    world.authority.before = (call, about) => {
      if (call === 'finalize' && about.includes('bad')) throw new AcmeError('acme-bad-csr', 'no');
    };
    world.events.before = () => {
      if (world.events.facts.length === 0) throw new Error('bus down');
    };
    const outcomes = await world.renew(world.due(['good', 'bad']));
    await world.store.put('pending/bad.json', world.store.text('pending/bad.json').replace('MIG', 'MIG"'));
    world.pass(LEASE);
    const more = await world.renew(world.due(['bad']));
    expect(world.warnings.join()).toContain('pending/bad.json cannot be used (pending-malformed)');
    const told = inspect(
      [outcomes, more, world.events.facts, world.warnings, world.store.text('state/bad.json')],
      { depth: 9 },
    );
    expect(told).not.toMatch(/PRIVATE KEY|MIGH|[A-Za-z0-9+/]{40}/);
  });
});

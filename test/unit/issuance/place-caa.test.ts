import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from './renewal-world.ts';

const ZONE = 'ZEXAMPLECOM';
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const set = (...values: string[]) => ({ name: 'example.com', type: 'CAA' as const, ttl: 60, values });
const shop = () => world.renew(world.due(['shop']));
const bound = () => `0 issue "ca.test; accounturi=${world.authority.accountUrl}; validationmethods=dns-01"`;
const THEIRS = '0 issue "ca.test; accounturi=https://ca.test/acct/theirs; validationmethods=dns-01"';

describe('CAA of another client of our CA', () => {
  it('stays, with a value bound to our account and method beside it', async () => {
    await world.want('shop', ['example.com']);
    world.zones.overwrite(ZONE, set(THEIRS));
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS, bound()]);
  });

  it('is seen in the hosted zone where a resolver still shows none', async () => {
    await world.want('shop', ['example.com']);
    world.zones.overwrite(ZONE, set(THEIRS));
    world.resolver.caa = async () => [];
    await shop();
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS, bound()]);
  });

  it('is bound where the hosted zone writes its value with escapes', async () => {
    await world.want('shop', ['example.com']);
    const escaped = THEIRS.replace('ca.test; ', 'ca.test\\073\\040');
    world.zones.overwrite(ZONE, set(escaped, '0 issue "other.test"'));
    world.resolver.caa = async () => [];
    await shop();
    expect(world.zones.values('example.com', 'CAA')).toEqual([escaped, '0 issue "other.test"', bound()]);
  });

  it('that comes between the look and the change is left alone, and decided on by the next try', async () => {
    await world.want('shop', ['example.com']);
    world.zones.before = (call, zoneId) => {
      if (call === 'change') world.zones.overwrite(zoneId, set(THEIRS));
    };
    expect(await shop()).toMatchObject([
      { outcome: 'failed', reason: 'record-refused', message: expect.stringContaining('meanwhile') },
    ]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS]);
    world.zones.before = () => {};
    world.pass(120_000);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS, bound()]);
  });

  it('stops the order with the line to set where it lets nobody issue', async () => {
    await world.want('shop', ['example.com']);
    world.zones.overwrite(ZONE, set('0 issue ";"'));
    const message = expect.stringContaining('set 0 issue "ca.test" at example.com');
    expect(await shop()).toMatchObject([{ reason: 'caa-forbids', message }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual(['0 issue ";"']);
    expect(world.authority.requests).toEqual([]);
  });
});

describe('CAA of a certificate', () => {
  const caa = (name = 'example.com') => world.zones.values(name, 'CAA');

  it('is made with a time to live of five minutes, for its CA, its fallbacks and whom the stack lets', async () => {
    Object.assign(world.stack, { alsoAllow: ['amazon.com'], fallbackCas: [world.fallback.directoryUrl] });
    await world.want('shop', ['example.com']);
    await shop();
    expect(world.zones.all('CAA')).toEqual([
      {
        ...{ name: 'example.com', type: 'CAA', ttl: 300 },
        values: ['0 issue "ca.test"', '0 issue "fallback.test"', '0 issue "amazon.com"'],
      },
    ]);
  });

  it('lets whom its file says instead of whom the stack does, and tells whom it says', async () => {
    Object.assign(world.stack, { alsoAllow: ['amazon.com'] });
    const wish = { restrict: true, alsoAllow: ['pki.goog'], iodef: 'mailto:a@example.com' };
    await world.want('shop', ['example.com'], { caa: wish });
    await shop();
    expect(caa()).toEqual([bound(), '0 issue "pki.goog"', '0 iodef "mailto:a@example.com"']);
  });

  it('replaces a value that it recorded by the bound one, once the file asks for that', async () => {
    await world.want('shop', ['example.com']);
    await shop();
    await world.want('shop', ['example.com'], { caa: { restrict: true } });
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    expect(caa()).toEqual([bound()]);
  });

  it.each(['check', 'off'])('is not touched in mode %s', async (mode) => {
    world.zones.overwrite(ZONE, set('0 issue "ca.test"'));
    await world.want('shop', ['example.com', 'www.example.org'], { caa: { mode } });
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.all('CAA')).toEqual([set('0 issue "ca.test"')]);
  });

  it.each(['check', 'manage'])(
    'that keeps its CA out stops the order with who, where and what to do, in mode %s',
    async (mode) => {
      world.zones.overwrite(ZONE, set('0 issue ";"', '128 tbs "x"'));
      await world.want('shop', ['example.com'], { caa: { mode } });
      expect(await shop()).toMatchObject([
        {
          outcome: 'failed',
          reason: 'caa-unknown-critical',
          message:
            'example.com: CAA (128 tbs "x" at example.com) does not let ca.test issue; no CA may pass over a critical property it does not know; remove it',
        },
      ]);
    },
  );

  it('of another CA stops the order in mode check, with the value to add', async () => {
    world.zones.overwrite(ZONE, set('0 issue "other.test"'));
    await world.want('shop', ['www.example.com'], { caa: { mode: 'check', restrict: true } });
    expect(await shop()).toMatchObject([
      {
        reason: 'caa-forbids',
        message: `www.example.com: CAA (0 issue "other.test" at example.com) does not let ca.test issue; add ${bound()} at example.com`,
      },
    ]);
    expect(caa()).toEqual(['0 issue "other.test"']);
  });

  it('with many values stops it with the value to add within the 500 characters that a mail has', async () => {
    const lost = (account: number) =>
      `0 issue "ca.test; accounturi=https://acme-v02.ca.test/acme/acct/${account}; validationmethods=dns-01"`;
    world.zones.overwrite(ZONE, set(...[1, 2, 3, 4, 5].map((account) => lost(1_000_000_000 + account))));
    await world.want('shop', ['www.example.com'], { caa: { mode: 'check', restrict: true } });
    const [outcome] = await shop();
    expect(`${(outcome as { message: string }).message}.`.slice(0, 500)).toContain(
      `; add ${bound()} at example.com.`,
    );
  });

  it.each([
    ['0 issue ";"', 'the set says that nobody may issue', '0 issue "ca.test"'],
    [
      '0 issue "ca.test; policy=ev; validationmethods=http-01"',
      'only the CA knows what the set asks for',
      '0 issue "ca.test; policy=ev; accounturi=https://ca.test/account/1; validationmethods=dns-01"',
    ],
  ])('%s is for a person to change: %s', async (value, why, line) => {
    world.zones.overwrite(ZONE, set(value));
    await world.want('shop', ['example.com']);
    expect(await shop()).toMatchObject([
      { message: expect.stringMatching(`; ${why}; if it shall, set ${line} at example.com`) },
    ]);
  });

  it('that keeps a fallback out is told, and stops nothing', async () => {
    Object.assign(world.stack, { fallbackCas: [world.fallback.directoryUrl] });
    const values = ['0 issue "ca.test"', '0 issue "fallback.test; policy=ev; validationmethods=http-01"'];
    world.zones.overwrite(ZONE, set(...values));
    await world.want('shop', ['example.com']);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(caa()).toEqual(values);
    expect(world.warnings).toEqual([
      expect.stringMatching(
        /^caa-left-as-it-is: fallback\.test may not issue for example\.com: only the CA knows what the set asks for; if it shall, set 0 issue "fallback\.test; policy=ev; /,
      ),
    ]);
  });

  it('is not possible at a name that is a CNAME, which is told', async () => {
    world.resolver.cnames.set('www.example.com', 'elsewhere.test');
    await world.want('shop', ['www.example.com']);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.all('CAA')).toEqual([]);
    expect(world.warnings).toEqual([
      'caa-not-possible-at-cname: www.example.com is a CNAME and gets no CAA of its own',
    ]);
  });
});

describe('a name that only a wildcard answers for', () => {
  const withWildcard = () => {
    const { records } = world.zones;
    world.zones.records = async function shown(zoneId) {
      const wildcard = { name: '*.example.com', type: 'A', kind: 'simple', values: ['192.0.2.1'] } as const;
      return [...(await records.call(this, zoneId)), wildcard];
    };
  };

  it('gets no CAA, which would take its address away, and that is told', async () => {
    withWildcard();
    await world.want('shop', ['shop.example.com', 'example.com']);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.all('CAA').map(({ name }) => name)).toEqual(['example.com']);
    expect(world.warnings).toEqual([
      'caa-not-possible-at-wildcard: shop.example.com is answered by *.example.com, which a CAA there would hide',
    ]);
  });

  it("has the wildcard's own set added to, and none of its own that would outdo it", async () => {
    const wildcards = { ...set('0 issue "theirs.test"'), name: '*.example.com' };
    world.zones.overwrite(ZONE, wildcards);
    const { caa } = world.resolver;
    world.resolver.caa = function synthesized(name) {
      return caa.call(this, name === 'shop.example.com' ? '*.example.com' : name);
    };
    await world.want('shop', ['shop.example.com']);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('*.example.com', 'CAA')).toEqual([
      '0 issue "theirs.test"',
      '0 issue "ca.test"',
    ]);
    expect(world.zones.values('shop.example.com', 'CAA')).toEqual([]);
  });
});

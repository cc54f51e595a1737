import { beforeEach, describe, expect, it } from 'vitest';
import { limitsKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let world: World;
let cas: string[];

beforeEach(async () => {
  world = await makeWorld();
  cas = [world.authority.directoryUrl, world.fallback.directoryUrl];
});

const down = () => {
  world.authority.before = () => {
    throw new AcmeError('ca-unreachable', 'the CA ca.test cannot be reached: ECONNREFUSED');
  };
};

/** What an hourly check comes to: the plan, and the renewals that follow from it. */
async function hourly() {
  const plan = await scan(
    {
      ...world,
      hosts: new FakeHosts(),
      askRenewalInfo: async () => undefined,
    },
    parseStart({ start: 'hourly-check' }),
    world.clock(),
  );
  for (const batch of plan.batches) await world.renew(batch);
  return plan.certificates[0];
}

/** Hours of checks until the pointer says this CA, at most `limit`. */
async function hoursUntil(ca: string, limit: number): Promise<number> {
  for (let hour = 0; hour <= limit; hour += 1) {
    await hourly();
    if (world.live('shop')?.ca === ca) return hour;
    world.pass(HOUR);
  }
  return Number.POSITIVE_INFINITY;
}

describe('row 14: a CA that is down for days', () => {
  it('is asked on the remembered schedule, then the next one of the list issues', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    down();
    expect(await hoursUntil(world.fallback.directoryUrl, 48)).toBe(24);
    expect(world.fallback.issued).toHaveLength(1);
    expect(world.store.text('state/shop.json')).toBe('');
  });

  it('leaves a certificate with life enough alone, and not one that ends soon', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    await hourly();
    down();
    world.pass(60 * DAY);
    expect(await hoursUntil(world.fallback.directoryUrl, 30 * 24)).toBe(15 * 24);
  });

  it('has one CA more without a word in the file, when the stack names it', async () => {
    world.stack.fallbackCas.push(world.fallback.directoryUrl);
    await world.want('shop', ['example.com']);
    down();
    expect(await hoursUntil(world.fallback.directoryUrl, 48)).toBe(24);
  });

  it('is asked once a day when all of them are down', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    down();
    world.fallback.before = world.authority.before;
    await hoursUntil('none', 10 * 24);
    const { failures, cas: troubles } = JSON.parse(world.store.text('state/shop.json'));
    expect(failures).toBeLessThan(20);
    expect(Object.keys(troubles)).toEqual(expect.arrayContaining(cas));
  });

  it('is told in the plan, with the CA that is asked instead', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    expect(await hourly()).toMatchObject({ ca: { ca: cas[0], reason: 'preferred' } });
  });
});

describe('a certificate that a fallback issued', () => {
  it('is not renewed because of it, and goes back to the first CA when it is due', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    down();
    await hoursUntil(world.fallback.directoryUrl, 48);
    world.authority.before = () => {};
    expect(await hourly()).toMatchObject({ action: 'wait', reason: 'not-due' });
    world.pass(61 * DAY);
    await hourly();
    expect(world.live('shop').ca).toBe(cas[0]);
  });

  it('is renewed when its CA is no longer in the list', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    down();
    await hoursUntil(world.fallback.directoryUrl, 48);
    await world.want('shop', ['example.com'], { ca: cas[0] });
    world.authority.before = () => {};
    expect(await hourly()).toMatchObject({ action: 'renew', reason: 'ca-changed' });
  });
});

describe('CAA of a certificate with several CAs', () => {
  const values = () => world.zones.values('example.com', 'CAA');

  it('lets all of them issue beforehand', async () => {
    await world.want('shop', ['example.com'], { ca: cas });
    await hourly();
    expect(values()).toEqual(['0 issue "ca.test"', '0 issue "fallback.test"']);
    expect(world.live('shop').caaFallbacks).toEqual([{ identity: 'fallback.test' }]);
  });

  it('binds each to our account there when restricted', async () => {
    await world.want('shop', ['example.com'], { ca: cas, caa: { restrict: true } });
    await hourly();
    expect(values()).toEqual([
      '0 issue "ca.test; accounturi=https://ca.test/account/1; validationmethods=dns-01"',
      '0 issue "fallback.test; accounturi=https://fallback.test/account/1; validationmethods=dns-01"',
    ]);
  });

  it('that only lets the first issue stops the fallback where we may not change it', async () => {
    const theirs = { name: 'example.com', type: 'CAA' as const, ttl: 60, values: ['0 issue "ca.test"'] };
    world.zones.overwrite('ZEXAMPLECOM', theirs);
    await world.want('shop', ['example.com'], { ca: cas, caa: { mode: 'check' } });
    down();
    await hoursUntil(world.fallback.directoryUrl, 30);
    expect(world.fallback.requests).toEqual([]);
    expect(JSON.parse(world.store.text('state/shop.json')).lastFailure.reason).toBe('caa-forbids');
    // The first one is asked again, and is up by then.
    world.authority.before = () => {};
    expect(await hoursUntil(world.authority.directoryUrl, 48)).toBeLessThan(30);
  });
});

it('a batch for a CA that the file names no more is left to the next scan', async () => {
  await world.want('shop', ['example.com'], { ca: cas[1] });
  expect(await world.renew(world.due(['shop']))).toMatchObject([
    { outcome: 'left', reason: 'no-longer-due' },
  ]);
});

describe('a CA that takes no order for these names for longer than they can wait', () => {
  const limit = (hours: number, value = 'example.com') => {
    const until = new Date(world.clock().getTime() + hours * HOUR).toISOString();
    const message = `too many certificates (50) already issued for "${value}"`;
    const limits = [{ scope: 'registered-domain', value, until, reason: 'acme-rate-limited', message }];
    return world.store.put(
      limitsKey(world.authority.directoryUrl),
      JSON.stringify({ limits, failedAuthorizations: [] }),
    );
  };

  it('is passed over, though it never refused this certificate itself', async () => {
    await world.want('shop', ['www.example.com'], { ca: cas });
    await limit(34);
    expect(await hourly()).toMatchObject({
      action: 'renew',
      ca: { ca: world.fallback.directoryUrl, reason: 'others-stay-down' },
    });
    expect(world.live('shop').ca).toBe(world.fallback.directoryUrl);
  });

  it.each<[string, () => Promise<void>]>([
    ['that ends soon enough', () => limit(3)],
    ['for other names', () => limit(34, 'example.org')],
  ])('is waited for, or asked, with a limit %s', async (_, limited) => {
    await world.want('shop', ['www.example.com'], { ca: cas });
    await limited();
    await hourly();
    expect(world.fallback.issued).toEqual([]);
  });
});

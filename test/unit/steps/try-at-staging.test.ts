import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

const DAY = 86_400_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  world.stack.stagingCa = world.staging.directoryUrl;
  await world.want('shop', ['example.com', '*.example.com']);
});

const refuse = (reason: string) => (call: string) => {
  if (call === 'finalize') throw new AcmeError(reason, 'no');
};
const failingAt = (authority: World['authority'], reason = 'acme-bad-csr') => {
  authority.before = refuse(reason);
};
const state = () => JSON.parse(world.store.text('state/shop.json'));

/** One try a day, each against an order that the CA has ended. */
async function days(count: number) {
  let outcomes: Awaited<ReturnType<World['renew']>> = [];
  for (let day = 0; day < count; day += 1) {
    outcomes = await world.renew(world.due(['shop']));
    world.pass(DAY);
  }
  return outcomes[0];
}

describe('after three failures at the cost of the CA', () => {
  beforeEach(async () => {
    failingAt(world.authority);
    await days(3);
  });

  it("the next try is at the CA's staging, and a failure there spares the CA", async () => {
    failingAt(world.staging);
    const finalized: string[] = [];
    world.authority.before = (call, about) => void (call === 'finalize' && finalized.push(about));
    expect(await days(1)).toMatchObject({
      outcome: 'failed',
      reason: 'acme-bad-csr',
      message: "at the CA's staging: no",
    });
    expect(finalized).toEqual([]);
    expect(state()).toMatchObject({ failures: 4, lastFailure: { reason: 'acme-bad-csr' } });
    expect(state().lastFailure.message).toContain("at the CA's staging");
    expect(world.zones.all('TXT')).toEqual([]);
    expect(world.live('shop')).toBeNull();
  });

  it('the CA is asked in the same run when staging issues, whose certificate is thrown away', async () => {
    world.authority.before = () => {};
    expect(await days(1)).toMatchObject({ outcome: 'renewed' });
    expect(world.staging.issued).toHaveLength(1);
    expect(world.authority.issued).toHaveLength(1);
    expect(world.live('shop').ca).toBe(world.authority.directoryUrl);
    expect(world.store.keys().filter((key) => key.endsWith('/cert.pem'))).toHaveLength(2);
    expect(world.zones.all('TXT')).toEqual([]);
    expect(world.store.text('pending/shop.json')).toBe('');
  });

  it.each(['ca-unreachable', 'ca-unavailable', 'acme-rate-limited'])(
    'a staging that answers %s is passed over',
    async (reason) => {
      failingAt(world.staging, reason);
      world.authority.before = () => {};
      expect(await days(1)).toMatchObject({ outcome: 'renewed' });
      expect(world.zones.all('TXT')).toEqual([]);
    },
  );

  it('others of the batch go straight to the CA', async () => {
    await world.want('other', ['example.org']);
    failingAt(world.staging);
    world.authority.before = () => {};
    const outcomes = await world.renew(world.due(['shop', 'other']));
    expect(outcomes.map(({ name, outcome }) => `${name} ${outcome}`).sort()).toEqual([
      'other renewed',
      'shop failed',
    ]);
    expect(world.staging.requests).toHaveLength(1);
  });

  it('a CA without a known staging is asked itself', async () => {
    world.stack.stagingCa = undefined;
    world.authority.before = () => {};
    expect(await days(1)).toMatchObject({ outcome: 'renewed' });
    expect(world.staging.requests).toEqual([]);
  });

  it('and CAA that is bound to our account at the CA, the CA is asked itself', async () => {
    await world.want('shop', ['example.com', '*.example.com'], { caa: { restrict: true } });
    world.authority.before = () => {};
    expect(await days(1)).toMatchObject({ outcome: 'renewed' });
    expect(world.staging.requests).toEqual([]);
  });
});

it('two failures, or many that cost nothing, make no trial', async () => {
  failingAt(world.authority);
  await days(2);
  failingAt(world.authority, 'ca-timeout');
  await days(5);
  expect(world.staging.requests).toEqual([]);
});

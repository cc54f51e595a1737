import { beforeEach, expect, it } from 'vitest';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;
const wish = { challenge: 'dns-persist-01', caa: { mode: 'off' } };

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com', '*.example.com'], wish);
});

const stand = (value: string) =>
  world.zones.change('ZEXAMPLECOM', [
    {
      action: 'CREATE',
      set: { name: '_validation-persist.example.com', type: 'TXT', ttl: 60, values: [`"${value}"`] },
    },
  ]);

it('says which record to put there, and renews with it without a change to the DNS', async () => {
  const [outcome] = await world.renew(world.due(['shop']));
  const [, told = ''] =
    /TXT there: "(.*)"$/.exec(outcome && 'message' in outcome ? outcome.message : '') ?? [];
  expect(outcome).toMatchObject({ outcome: 'failed', reason: 'standing-record-missing' });
  expect(told).toBe('ca.test; accounturi=https://ca.test/account/1; policy=wildcard');
  expect(world.authority.requests).toEqual([]);
  await stand(told);
  const batches = world.zones.batches.length;
  world.pass(2 * 60_000);
  expect(await world.renew(world.due(['shop']))).toMatchObject([{ outcome: 'renewed' }]);
  expect(world.zones.batches).toHaveLength(batches);
});

it('tells all records that are missing at once', async () => {
  await world.want('shop', ['example.com', 'a.example.com', 'b.example.com'], wish);
  await stand('ca.test; accounturi=https://ca.test/account/1');
  expect(await world.renew(world.due(['shop']))).toMatchObject([
    { message: expect.stringMatching(/^_validation-persist\.a\..*"; _validation-persist\.b\..*"$/) },
  ]);
});

it('is refused where the CA does not offer it', async () => {
  world.authority.offersPersist = false;
  await stand('ca.test; accounturi=https://ca.test/account/1; policy=wildcard');
  const outcomes = await world.renew(world.due(['shop']));
  expect(outcomes).toMatchObject([{ outcome: 'failed', reason: 'dns-persist-01-not-offered' }]);
});

it('is refused together with caa.restrict', async () => {
  await world.want('shop', ['example.com'], { challenge: 'dns-persist-01', caa: { restrict: true } });
  expect(await world.renew(world.due(['shop']))).toMatchObject([{ reason: 'challenge-restricted' }]);
});

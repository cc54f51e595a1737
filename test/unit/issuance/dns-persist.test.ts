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

it('names the account by a hash where the CA says so, and has to be put there anew for another key', async () => {
  world.authority.accountHash = { prefix: 'https://ca.test/hash/', thumbprint: 'A'.repeat(43) };
  const toldBy = async () => {
    const [outcome] = await world.renew(world.due(['shop']));
    world.pass(24 * 60 * 60_000);
    return /TXT there: "(.*)"$/.exec(outcome && 'message' in outcome ? outcome.message : '')?.[1];
  };
  const told = (await toldBy()) ?? '';
  expect(told).toMatch(
    /^ca\.test; accounturi=https:\/\/ca\.test\/hash\/sha-256\/[\w-]{43}; policy=wildcard$/,
  );
  await stand(told);
  world.authority.accountHash = { prefix: 'https://ca.test/hash/', thumbprint: 'B'.repeat(43) };
  expect(await toldBy()).toMatch(/^ca\.test; /);
  world.authority.accountHash = { prefix: 'https://ca.test/hash/', thumbprint: 'A'.repeat(43) };
  expect(await world.renew(world.due(['shop']))).toMatchObject([{ outcome: 'renewed' }]);
});

it('is not answered for where the CA takes records for others only', async () => {
  await stand('ca.test; accounturi=https://ca.test/account/1; policy=wildcard');
  const { authorization } = world.authority;
  world.authority.authorization = async function others(url) {
    const known = await authorization.call(this, url);
    const persistChallenge = {
      url: '',
      status: 'pending',
      ...known.persistChallenge,
      issuers: ['other.test'],
    };
    return { ...known, persistChallenge };
  };
  const calls: string[] = [];
  world.authority.before = (call) => void calls.push(call);
  expect(await world.renew(world.due(['shop']))).toMatchObject([
    { reason: 'standing-record-missing', message: expect.stringContaining('for other.test only') },
  ]);
  expect(calls).not.toContain('answerChallenge');
});

import { beforeEach, describe, expect, it } from 'vitest';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkCaa } from '../../simulation/checks/caa-checks.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import type { Parts } from '../../simulation/checks/parts.ts';
import { Sweeps } from '../../simulation/checks/sweeps.ts';
import { checkWishes } from '../../simulation/checks/wish-checks.ts';
import { HOUR } from '../../simulation/engine/durations.ts';
import { run } from '../../simulation/run.ts';
import { pointerOf } from '../../simulation/world/stored.ts';
import type { World } from '../../simulation/world/world.ts';

/** A world in which all is as its files want it. */
let parts: Parts;
let world: World;
const NAME = 'cert0';

beforeEach(async () => {
  const outcome = await run({
    seed: 3n,
    years: 0.003,
    certificates: 3,
    heaviness: 'none',
    until: undefined,
    show: undefined,
  });
  world = outcome.world;
  expect([...outcome.breaches.first.keys()]).toEqual([]);
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  parts = { world, breaches, opportunities: new Opportunities(world) };
});

const broken = () => [...parts.breaches.first.keys()];
function want(more: object) {
  const file = world.files.get(NAME);
  if (file) world.files.set(NAME, { ...file, ...more });
}

describe('at the end of a run', () => {
  it.each([
    ['key', { key: 'rsa-2048' }],
    ['profile', { profile: 'shortlived' }],
    ['CA', { ca: ['https://ca.test/directory'] }],
    ['ACM', { acm: [{ region: 'eu-west-3' }] }],
  ])('%s is held against the file', (what, more) => {
    checkWishes(parts);
    expect(broken()).toEqual([]);
    want(more);
    checkWishes(parts);
    expect(broken()).toEqual([`end: ${what} as wanted`]);
  });

  it.each([
    ['since the live version was issued is missed at the next renewal', HOUR, []],
    ['before is not', -HOUR, ['end: ACM as wanted']],
  ])('an import that somebody deleted in ACM %s', (_, later, expected) => {
    want({ acm: [{ region: 'eu-west-3' }] });
    const live = pointerOf(world, NAME)?.certId;
    const issued = world.cas.map((ca) => ca.issued.get(live ?? '')).find((one) => one !== undefined);
    world.acm.deletedAt.set(`eu-west-3 ${NAME}`, (issued?.issuedAt ?? 0) + later);
    checkWishes(parts);
    expect(broken()).toEqual(expected);
  });

  it('what waits for a limit is not, but ACM is', () => {
    const limited = { isLimited: (name: string) => name === NAME } as unknown as Opportunities;
    want({ key: 'rsa-2048', acm: [{ region: 'eu-west-3' }] });
    checkWishes({ ...parts, opportunities: limited });
    expect(broken()).toEqual(['end: ACM as wanted']);
  });
});

describe('CAA at the end of a run', () => {
  const apex = () => world.files.get(NAME)?.names[0] ?? '';
  const setCaa = (...values: string[]) =>
    world.route53.zoneOf(apex())?.overwrite({ name: apex(), type: 'CAA', ttl: 300, values }, 0);

  async function judge(restrict: boolean, change: () => void) {
    world.write(NAME, { names: [apex()], hosts: [], caa: { mode: 'manage', restrict } });
    const { judge } = checkCaa({ ...parts, sweeps: new Sweeps(parts) });
    change();
    judge();
    return broken();
  }

  it.each([
    ['there is none', false, []],
    ['another CA is meant', false, ['0 issue "other.example"']],
    ['another account is meant', false, ['0 issue "letsencrypt.org; accounturi=https://ca.test/1"']],
    ['no account is meant, and the file asks for it', true, ['0 issue "letsencrypt.org"']],
  ])('is held against the file: %s', async (_, restrict, values) => {
    expect(await judge(restrict, () => setCaa(...values))).toEqual(['end: CAA as wanted']);
  });

  it.each([
    ['may issue', false, () => '0 issue "letsencrypt.org"'],
    [
      'may issue for our account',
      true,
      () => `0 issue "letsencrypt.org; accounturi=${world.cas[0]?.keptAccount}"`,
    ],
  ])('is well where our CA %s', async (_, restrict, value) => {
    expect(await judge(restrict, () => setCaa(value()))).toEqual([]);
  });

  it('waits for the next sweep after somebody has changed it', async () => {
    const change = () => {
      world.restoreLater(HOUR, `CAA of ${apex()}`, () => {});
      setCaa();
    };
    expect(await judge(false, change)).toEqual([]);
  });
});

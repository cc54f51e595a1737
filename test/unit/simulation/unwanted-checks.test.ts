import { expect, it } from 'vitest';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkUnwanted } from '../../simulation/checks/trouble-checks.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const FILE = { names: ['s1.alpha.com'], hosts: ['web'], acm: [{ region: 'us-east-1' }], probe: true };
const gone = (world: World) => world.forget('cert1');
const without = (more: object) => (world: World) => world.write('cert1', { ...FILE, ...more });

it.each<[string, string, (world: World) => void, boolean, ((world: World) => void)?]>([
  ['cert1 is overdue', 'overdue', gone, true],
  ['cert1 is overdue', 'overdue', () => {}, false],
  ['cert1 is not renewed', 'ca-timeout', gone, true],
  [
    'cert1 is not renewed',
    'zone-missing',
    gone,
    false,
    (world) => put(world, 'state', { failures: 0, ...REPAIR }),
  ],
  ['URGENT: cert1 is revoked', 'revoked', gone, true],
  ['URGENT: cert1 is revoked', 'revoked', gone, false, (world) => install(world)],
  ['cert1 cannot be judged', 'unreadable', gone, true],
  ['cert1 cannot be judged', 'unreadable', gone, true, (world) => put(world, 'revoked', { versions: [] })],
  ['cert1 cannot be judged', 'unreadable', gone, false, (world) => put(world, 'revoked', 'spoilt')],
  ['cert1 cannot be judged', 'unreadable', gone, false, (world) => put(world, 'live', 'spoilt')],
  ['cert1 is not served everywhere', 'not-served', gone, true],
  ['cert1 is pinned to an older version', 'pinned', gone, true],
  ['renewal/cert1.json cannot be used', 'outside-domains', gone, true],
  ['cert1 in us-east-1 is not imported', 'acm-limit-exceeded', without({ acm: [] }), true],
  ['cert1 in us-east-1 is not imported', 'acm-limit-exceeded', without({}), false],
  ['cert1 seen from outside', 'site-trouble', without({ probe: false }), true],
  ['group web: 1 host does not install', 'reload-failed', without({ hosts: [] }), true],
  ['group web: 1 host does not install', 'reload-failed', without({ probe: false }), false],
])('"%s" (%s) after the file was changed', async (headline, reason, change, isBreach, before) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkUnwanted({ world, breaches });
  world.write('cert1', FILE);
  before?.(world);
  change(world);
  const text = `${headline}\n  What failed:    it is so (${reason})\n`;
  for (const after of [DAY, 2 * DAY, 3 * DAY]) {
    await world.scheduler.runUntil(START + after);
    world.mails.send({ subject: '', text, by: 'notify-1' });
    // The first day, and once more.
    if (after < 3 * DAY) expect([...breaches.first.keys()]).toEqual([]);
  }
  await world.scheduler.runUntil(START + 3 * DAY + HOUR);
  expect([...breaches.first.keys()]).toEqual(isBreach ? ['told-of-what-is-not-wanted'] : []);
});

it('what a run sends after its death is sent again, and counts for nothing', async () => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkUnwanted({ world, breaches });
  world.write('cert1', FILE);
  world.forget('cert1');
  const text = 'cert1 is pinned to an older version\n  What failed:    it is so (pinned)\n';
  for (const [after, isAfterDeath] of [
    [2 * DAY, true],
    [2 * DAY + HOUR, false],
  ] as const) {
    await world.scheduler.runUntil(START + after);
    world.mails.send({ subject: '', text, by: 'notify-1', isAfterDeath });
  }
  expect([...breaches.first.keys()]).toEqual([]);
});

const REPAIR = { repairs: { 'left-open': { failures: 2 } } };

const put = (world: World, folder: string, value: unknown) =>
  world.bucket.put(`${folder}/cert1.json`, JSON.stringify(value), 'renew');

const install = ({ fleet }: World) => fleet.launch('web').installed.set('cert1', 'v');

import { expect, it } from 'vitest';
import { sinceHeard } from '../../simulation/checks/ca-outages.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { letLeaveClosedCa } from '../../simulation/world/leave-closed-ca.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const WEEK = 7 * DAY;

function quietWorld() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  world.settings.fallbackCas = [];
  const [first = '', second = ''] = world.cas.map(({ host }) => host);
  return { world, opportunities: new Opportunities(world), first, second };
}

it.each([
  ['that a file names alone is in the way all the time', ['first'], ['first'], 0],
  ['that no file names is not', ['first'], ['second'], 168],
  ['that is preferred is waited for a day', ['first', 'second'], ['first'], 142],
  ['that is the next one is not in the way', ['first', 'second'], ['second'], 168],
  ['is in the way where the next one is down too', ['first', 'second'], ['first', 'second'], 0],
] as const)('an outage of a CA %s', (_, wanted, down, hours) => {
  const { world, opportunities } = quietWorld();
  const [first = '', second = ''] = world.directories;
  const directories = { first, second };
  world.write('cert1', { names: ['a.alpha.com'], ca: wanted.map((which) => directories[which]) });
  for (const which of down) world.outages.down(new URL(directories[which]).host, WEEK);
  const span = { from: START, until: START + WEEK };
  expect(opportunities.longestClear('cert1', span, ['ca'])).toBe(hours * HOUR);
});

it('a CA that is preferred is waited for until the last sixth of a life where only age is the reason', () => {
  const { world, opportunities, first } = quietWorld();
  world.write('cert1', { names: ['a.alpha.com'], ca: [...world.directories] });
  world.outages.down(first, WEEK);
  const span = { from: START, until: START + WEEK, forAgeUntil: START + 4 * DAY };
  expect(opportunities.longestClear('cert1', span, ['ca'])).toBe(3 * DAY - 4 * HOUR);
});

it.each([
  ['that we have heard of is ours to replace at the next CA', START, 142],
  ['that its CA could not say yet is not', undefined, 0],
])('a revocation %s', async (_, heardAt, hours) => {
  const { world, opportunities, first } = quietWorld();
  world.write('cert1', { names: ['a.alpha.com'], ca: [...world.directories] });
  world.outages.down(first, WEEK);
  await world.scheduler.runUntil(START + WEEK);
  const [ca] = world.cas;
  const span = ca && sinceHeard({ revokedAt: START, ...(heardAt !== undefined && { heardAt }) }, ca);
  expect(opportunities.longestClear('cert1', span as never, ['ca'])).toBe(hours * HOUR);
});

it('an outage of one CA leaves the other one alone, and ends', async () => {
  const { world, first, second } = quietWorld();
  world.outages.down(first, HOUR);
  expect([first, second].map((ca) => world.outages.isDown('ca', ca))).toEqual([true, false]);
  await world.scheduler.runUntil(START + HOUR);
  expect(world.outages.isDown('ca', first)).toBe(false);
});

it('people leave a CA that closed some days after the first mail that names it', async () => {
  const { world, opportunities, first } = quietWorld();
  letLeaveClosedCa(world);
  const [other, second = ''] = world.directories;
  world.write('by-default', { names: ['a.alpha.com'] });
  world.write('by-file', { names: ['b.alpha.com'], ca: [`${other}`, second] });
  world.write('elsewhere', { names: ['c.alpha.com'], ca: [second] });
  world.outages.close(first);
  for (const hear of world.mails.onMail) hear({ text: `the CA ${first} does not answer` } as never);
  await world.scheduler.runUntil(START + WEEK);
  expect(world.settings.defaultCa).toBe(second);
  expect(world.files.get('by-file')?.ca).toEqual([second]);
  const span = { from: START, until: START + WEEK };
  const clear = (name: string) => opportunities.longestClear(name, span, ['ca']);
  expect(clear('elsewhere')).toBe(WEEK);
  // What was in the way before stays so.
  expect(clear('by-default')).toBe(clear('by-file'));
  expect(clear('by-default')).toBeLessThan(WEEK);
});

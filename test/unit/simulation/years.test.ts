import { expect, it } from 'vitest';
import { run } from '../../simulation/run.ts';

const YEAR = { years: 1, certificates: 5, heaviness: 'heavy', until: undefined, show: undefined } as const;

it.each([23n, 33n, 40n])('nothing breaks in a year with heavy faults, seed %s', async (seed) => {
  const { breaches, commits, world } = await run({ ...YEAR, seed });
  expect([...breaches.first.values()].map(({ check, what }) => `${check}: ${what}`)).toEqual([]);
  expect(commits).toBeGreaterThan(20);
  expect(world.calls.made).toBeGreaterThan(10_000);
});

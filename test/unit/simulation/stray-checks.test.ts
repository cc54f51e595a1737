import { expect, it } from 'vitest';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkStrays } from '../../simulation/checks/stray-checks.ts';
import { HOUR } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');

it.each([
  ['a check that names it', 'orders/notes.txt', 'hourly-check', ['orders/notes.txt'], [], false],
  ['a check that does not', 'orders/notes.txt', 'hourly-check', [], [], true],
  ['a check that a fault befell', 'orders/notes.txt', 'hourly-check', [], ['s3.fails'], false],
  ['a check of a renewal file', 'renewal/Read Me.json', 'hourly-check', ['Read Me'], [], false],
  ['a check of what only a sweep lists', 'archive/.DS_Store', 'hourly-check', [], [], false],
  ['a sweep that does not name it', 'archive/.DS_Store', 'weekly-sweep', [], [], true],
  ['a sweep that does', 'archive/.DS_Store', 'weekly-sweep', ['archive/.DS_Store'], [], false],
] as const)('a stray object and %s', async (_, key, start, names, hits, isBreach) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkStrays({ world, breaches });
  const scan = new Invocation('scan-1', 'scan', 0);
  scan.hits.push(...hits);
  const check = (items: readonly string[]) => {
    const none = { count: 0, items: [] };
    const rejected = items.map((name) => ({ name, reason: 'stray-object', message: '' }));
    const at = new Date(world.scheduler.now).toISOString();
    const found = { start, at, certificates: 0, soonest: [], failing: none, overdue: none, warnings: [] };
    const detail = {
      ...found,
      rejected: { count: 0, items: rejected },
      hostsBehind: { count: 0, groups: [] },
    };
    world.bus.put([{ type: 'Certificates Checked', detail }], scan);
  };
  check([]);
  world.strays.add(key);
  world.bucket.put(key, 'stray', 'somebody');
  check([]);
  expect([...breaches.first.keys()]).toEqual([]);
  await world.scheduler.runUntil(START + HOUR);
  check(names);
  expect([...breaches.first.keys()]).toEqual(isBreach ? ['stray-not-named'] : []);
  breaches.first.clear();
  world.bucket.remove(key, 'people');
  check([]);
  expect([...breaches.first.keys()]).toEqual([]);
});

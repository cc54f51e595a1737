import { expect, it } from 'vitest';
import { acmKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkEnd } from '../../simulation/checks/end-checks.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { Sweeps } from '../../simulation/checks/sweeps.ts';
import { Telling } from '../../simulation/checks/telling-checks.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const BROKEN = ['end: no growth in acm/'];
const RENEWAL = '{"detail":{"certificates":[{"name":"gone","reason":"outlived"}]}}';

/** Runs of functions that met something: days after the certificate was deleted, and what. */
type Runs = [number, 'scan' | 'renew', string[]][];

/** What stays of a certificate that was deleted 200 days ago. */
async function judge(runs: Runs, loses = 0): Promise<string[]> {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  const opportunities = new Opportunities(world);
  const sweeps = new Sweeps({ world, opportunities });
  world.faults.rate = (site) => (site === 'bus.loses' ? loses : 0);
  world.write('gone', { names: ['gone.alpha.com'], hosts: [] });
  world.forget('gone');
  world.bucket.put(acmKey('gone'), '{}', 'acm');
  for (const [day, functionName, hits] of runs)
    world.scheduler.at(START + day * DAY, functionName, () =>
      world.lambda.begin({
        functionName,
        limitMs: 1000,
        about: functionName === 'scan' ? '{"start":"weekly-sweep"}' : RENEWAL,
        step: async (invocation) => void invocation.hits.push(...hits),
        ended: () => {},
      }),
    );
  world.scheduler.at(START + 200 * DAY, 'end', () => {});
  await world.scheduler.runUntil(START + 200 * DAY);
  checkEnd({ world, breaches, opportunities, sweeps, telling: new Telling(world) });
  return [...breaches.first.keys()];
}

const SOON = HOUR / DAY;

it.each<[string, Runs]>([
  ['a sweep could remove it', [[150, 'scan', []]]],
  ['a sweep had an answer late', [[150, 'scan', ['s3.late']]]],
  [
    'one of several sweeps could',
    [
      [150, 'scan', ['s3.fails']],
      [160, 'scan', []],
    ],
  ],
])('what is left of a certificate that went long ago has grown where %s', async (_, runs) => {
  expect(await judge(runs)).toEqual(BROKEN);
});

it.each<[string, Runs]>([
  ['there was no sweep', []],
  ['its end had not come at the sweep', [[119, 'scan', []]]],
  ['the sweep met a fault', [[150, 'scan', ['s3.fails']]]],
  [
    'its removal met a fault',
    [
      [150, 'scan', []],
      [150 + SOON, 'renew', ['s3.fails']],
    ],
  ],
])('but not where %s', async (_, runs) => {
  expect(await judge(runs)).toEqual([]);
});

it('may have had its message lost twice where messages get lost', async () => {
  const sweepsOn = (...days: number[]) => days.map((day): Runs[number] => [day, 'scan', []]);
  expect(await judge(sweepsOn(150, 157), 0.01)).toEqual([]);
  expect(await judge(sweepsOn(150, 157, 164), 0.01)).toEqual(BROKEN);
});

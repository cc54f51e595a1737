import { expect, it } from 'vitest';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkLocks } from '../../simulation/checks/lock-checks.ts';
import { MINUTE } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const ISSUED = [{ name: 'cert1', at: '2026-11-19T00:00:00Z' }];

it.each([
  ['that is dead', { leaseSeconds: 900 }, 31, [], true],
  ['that is dead, beside what was issued', { leaseSeconds: 900, issued: ISSUED }, 31, [], true],
  ['that cannot be read', {}, 31, [], true],
  ['that may be held still', { leaseSeconds: 900 }, 29, [], false],
  ['that ended', { leaseSeconds: 0, issued: ISSUED }, 31, [], false],
  ['that is dead, where a fault befell the check', { leaseSeconds: 900 }, 31, ['s3.fails'], false],
] as const)('a lock %s after a check', async (_, lock, minutes, hits, isBreach) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkLocks({ world, breaches });
  const holder = 'leaseSeconds' in lock ? { name: 'cert1', owner: 'run' } : {};
  const body = JSON.stringify({ ...holder, ...lock });
  world.bucket.put(`orders/${'a'.repeat(64)}.json`, body, 'renew');
  world.bucket.put('orders/stray.json', body, 'somebody');
  await world.scheduler.runUntil(START + minutes * MINUTE);
  const scan = new Invocation('scan-1', 'scan', 0);
  scan.hits.push(...hits);
  const run = { functionName: 'scan', limitMs: 1, step: async () => {}, ended: () => {} };
  const end = (start: string) => {
    for (const hear of world.lambda.onEnd)
      hear({ how: 'ended', answer: undefined }, scan, { ...run, about: JSON.stringify({ start }) });
  };
  end('file-changed');
  expect([...breaches.first.keys()]).toEqual([]);
  end('hourly-check');
  expect([...breaches.first.keys()]).toEqual(isBreach ? ['dead-lock-left'] : []);
});

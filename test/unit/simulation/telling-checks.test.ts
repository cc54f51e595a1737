import { expect, it } from 'vitest';
import { stateKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { checkTelling } from '../../simulation/checks/telling-checks.ts';
import { HOUR, MINUTE } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const TOLD = 'cert1 is not renewed\n  What failed: HTTP 500 (ca-unavailable)\n';
const CLEAR = '  cert1 is not renewed: over, since it was renewed\n';

it.each([
  ['of which nobody hears', [], ['not-told']],
  ['that is told at once', [[1 * MINUTE, TOLD]], []],
  [
    'that is told at once, and as over soon after',
    [
      [1 * MINUTE, TOLD],
      [31 * MINUTE, CLEAR],
    ],
    [],
  ],
  ['that was told the day before', [[-20 * HOUR, TOLD]], []],
  [
    'that was told the day before, and as over since',
    [
      [-20 * HOUR, TOLD],
      [-10 * HOUR, CLEAR],
    ],
    ['not-told'],
  ],
] as const)('a second failure %s', async (_, mails, broken) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkTelling({ world, breaches, opportunities: new Opportunities(world) });
  const failed = START + 24 * HOUR;
  for (const [after, text] of mails)
    world.scheduler.at(failed + after, 'a mail', () =>
      world.mails.send({ subject: '', text, by: 'notify-1' }),
    );
  world.scheduler.at(failed, 'a failure', () =>
    world.bucket.put(stateKey('cert1'), '{"failures": 2}', 'renew'),
  );
  await world.scheduler.runUntil(failed + 3 * HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

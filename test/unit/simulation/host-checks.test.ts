import { expect, it } from 'vitest';
import { hostKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkHosts } from '../../simulation/checks/host-checks.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const [FIRST, LATER] = ['2026-11-20T00:00:00.000Z', '2026-11-20T00:00:00.001Z'];

it.each([
  ['goes back to an older command', [2, LATER], [1, FIRST], ['host-record-goes-back']],
  [
    'goes back to a command whose instant is not known',
    [2, LATER],
    [1, undefined],
    ['host-record-goes-back'],
  ],
  ['goes back where no instant is known', [2, undefined], [1, undefined], ['host-record-goes-back']],
  ['goes on to a newer command', [1, FIRST], [2, LATER], []],
  ['changes between two commands that were sent at once', [2, FIRST], [1, FIRST], []],
] as const)('a record of a host that %s', (_, before, after, broken) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkHosts({ world, breaches, opportunities: new Opportunities(world) });
  for (const [command, requestedAt] of [before, after])
    world.bucket.put(
      hostKey('i-00000001'),
      JSON.stringify({ lineages: { cert1: { commandId: `command-${command}`, requestedAt } } }),
      'confirm',
    );
  expect([...breaches.first.keys()]).toEqual(broken);
});

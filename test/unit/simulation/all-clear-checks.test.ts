import { expect, it } from 'vitest';
import { NOTICES_KEY } from '../../../lib/foundation/certificate/object-keys.ts';
import { EMPTY, type Trouble } from '../../../lib/reporting/notices/rules/trouble.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Telling } from '../../simulation/checks/telling-checks.ts';
import { checkAllClears } from '../../simulation/checks/trouble-checks.ts';
import { HOUR, MINUTE } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');

const FAILING: Trouble = {
  kind: 'deployment',
  subject: 'web',
  reason: 'nginx-test-failed',
  message: 'nginx: [emerg] unknown directive',
  since: '2026-11-19T20:00:00Z',
  at: '2026-11-19T20:00:00Z',
  times: 1,
  names: ['cert1'],
  hosts: ['i-1'],
  told: { any: '2026-11-19T20:01:00Z' },
};
const AWAY: Trouble = { ...FAILING, reason: 'hosts-offline', message: 'no host of group web is online' };

it.each([
  ['goes on for another reason is not over', FAILING, { troubles: { 'deployment web': AWAY } }, []],
  ['waits for its all-clear is not over', FAILING, { over: [AWAY] }, []],
  ['is gone from the memory is over, and nobody heard of it', FAILING, {}, ['all-clear-not-sent']],
  ['was that nobody is there, and is gone, is over as well', AWAY, {}, ['all-clear-not-sent']],
])('a trouble of a group that %s', (_, before, after, broken) => {
  const { breaches, telling, remember } = watched();
  remember({ troubles: { 'deployment web': before } });
  telling.open.set('deployment web', 'notify-1');
  remember(after);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['says that it is over once more is well', {}, true, []],
  ['still has to say that is well', { over: [FAILING] }, false, []],
  ['forgets it is a breach', {}, false, ['all-clear-not-sent']],
])(
  'a memory that, two hours after two runs at once said that it is over and that it is not, %s',
  async (_, after, isCleared, broken) => {
    const { world, breaches, telling, remember } = watched();
    remember({ troubles: { 'deployment web': FAILING } });
    telling.lastCleared.set('deployment web', START - MINUTE);
    telling.open.set('deployment web', 'notify-1');
    remember(after);
    if (isCleared) telling.open.delete('deployment web');
    await world.scheduler.runUntil(START + 3 * HOUR);
    expect([...breaches.first.keys()]).toEqual(broken);
  },
);

function watched() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  const telling = new Telling(world);
  checkAllClears({ world, breaches, telling });
  const remember = (memory: object) =>
    world.bucket.put(NOTICES_KEY, JSON.stringify({ ...EMPTY, ...memory }), 'notify');
  return { world, breaches, telling, remember };
}

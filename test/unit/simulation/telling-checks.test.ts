import { expect, it } from 'vitest';
import { NOTICES_KEY } from '../../../lib/foundation/certificate/object-keys.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkTelling } from '../../simulation/checks/telling-checks.ts';
import { HOUR } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const RUN = { functionName: 'notify', about: '', limitMs: 1, step: async () => {}, ended: () => {} } as const;

const saying = (headline: string, reason: string) => `${headline}\n  What failed:    it is so (${reason})\n`;
const OVERDUE = saying('cert1 is overdue', 'overdue');
const REVOKED = saying('URGENT: cert1 is revoked', 'revoked');
const AWAY = saying('group web does not install', 'hosts-offline');
const FAILED = saying('group web: 1 host does not install', 'reload-failed');
const WARNED = saying('cert1 seen from outside', 'site-warning');
const CLEAR = 'All clear:\n  cert1 is overdue: over, since 2026-11-20 00:00 UTC (overdue)\n';

it.each([
  ['of what goes on, hours later', OVERDUE, OVERDUE, 23 * HOUR, true],
  ['of what goes on, by a run at the same time', OVERDUE, OVERDUE, HOUR / 10, false],
  ['of what goes on, a day later', OVERDUE, OVERDUE, 24 * HOUR, false],
  ['of another reason', OVERDUE, saying('cert1 is overdue', 'other'), HOUR, false],
  ['of something else', OVERDUE, FAILED, HOUR, false],
  ['of what is urgent, less than six hours later', REVOKED, REVOKED, 5 * HOUR, true],
  ['of what is urgent, six hours later', REVOKED, REVOKED, 6 * HOUR, false],
  ['of a group where nobody is, days later', AWAY, AWAY, 72 * HOUR, true],
  ['of a group that fails for another reason, hours later', AWAY, FAILED, 5 * HOUR, true],
  ['of a group that fails since, days later', AWAY, FAILED, 72 * HOUR, false],
  ['of warnings of a site, a day later', WARNED, WARNED, 24 * HOUR, false],
])('a second mail %s', async (_, first, second, laterMs, isBreach) => {
  const { world, breaches, mail } = watched();
  mail(first, 'notify-1');
  await world.scheduler.runUntil(START + laterMs);
  mail(second, 'notify-2');
  expect([...breaches.first.keys()]).toEqual(isBreach ? ['told-twice'] : []);
});

it.each<[string, (parts: ReturnType<typeof watched>) => void, boolean]>([
  ['was said to be over', ({ mail }) => mail(CLEAR, 'notify-1'), false],
  ['could not be remembered', ({ end }) => end('notify-1', true), false],
  ['was remembered', ({ end }) => end('notify-1', false), true],
  ['was sent by a run that had died', ({ mail }) => mail(OVERDUE, 'notify-1', true), false],
  ['another run could not remember', ({ end }) => end('notify-3', true), true],
  ['is remembered no more', ({ world }) => world.bucket.put(NOTICES_KEY, '{}', 'somebody'), false],
  ['is remembered again', ({ world }) => world.bucket.put(NOTICES_KEY, '{}', 'notify'), true],
])('what %s is told again: breach %s', async (_, happens, isBreach) => {
  const parts = watched();
  parts.mail(OVERDUE, 'notify-1');
  happens(parts);
  await parts.world.scheduler.runUntil(START + HOUR);
  parts.mail(OVERDUE, 'notify-2');
  expect([...parts.breaches.first.keys()]).toEqual(isBreach ? ['told-twice'] : []);
});

function watched() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkTelling({ world, breaches });
  const mail = (text: string, by: string, isAfterDeath = false) =>
    world.mails.send({ subject: '', text, by, isAfterDeath });
  const end = (id: string, fails: boolean) => {
    const ending = fails ? { how: 'died' as const, why: 'it does' } : { how: 'ended' as const, answer: [] };
    for (const hear of world.lambda.onEnd) hear(ending, new Invocation(id, 'notify', 0), RUN);
  };
  return { world, breaches, mail, end };
}

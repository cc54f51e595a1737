import { expect, it } from 'vitest';
import { checkAlarms } from '../../simulation/checks/alarm-checks.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Carried } from '../../simulation/checks/carried.ts';
import { HOUR, MINUTE } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const SAYS = { subject: '[Perennial production] alarm over: perennial-production-dead-letters', text: '' };

it.each([
  ['that nobody hears of', [], [], ['alarm-over-not-told']],
  ['that is told', ['notify-1'], [], []],
  ['that is told twice', ['notify-1', 'notify-2'], [], ['told-twice']],
  ['that is told again by a run that died', ['notify-1', 'notify-2'], ['notify-1'], []],
  ['that a run tells after its death', ['notify-1', 'notify-0'], [], []],
] as const)('the end of the alarm of dead letters %s', async (_, told, died, broken) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  const events: object[] = [];
  world.bus.deliver = (_queue, event) => events.push(event as object);
  checkAlarms({ world, breaches, carried: new Carried(world) });
  const end = (id: string, event: object[], how: 'ended' | 'died') => {
    const run = { functionName: 'notify', about: '', limitMs: 1, step: async () => {}, ended: () => {} };
    const ending = how === 'ended' ? { how, answer: [] } : { how, why: 'it does' };
    for (const hear of world.lambda.onEnd) hear(ending, new Invocation(id, 'notify', 0), { ...run, event });
  };
  const [queue] = Object.values(world.queues);
  queue?.dead.push({ body: {}, sent: START, received: 5 });
  for (const hear of queue?.onDead ?? []) hear({ body: {}, sent: START, received: 5 });
  await world.scheduler.runUntil(START + 6 * MINUTE);
  expect(events).toEqual([]);
  queue?.dead.splice(0);
  for (const hear of queue?.onRedriven ?? []) hear();
  await world.scheduler.runUntil(START + 12 * MINUTE);
  expect(events).toHaveLength(1);
  for (const by of told) world.mails.send({ ...SAYS, by, isAfterDeath: by === 'notify-0' });
  for (const by of died) end(by, events, 'died');
  end('notify-9', events, 'ended');
  await world.scheduler.runUntil(START + 3 * HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

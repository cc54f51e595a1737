import { expect, it } from 'vitest';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');

it.each([
  ['is in the way where a file says that we only check it', { mode: 'check' }, 'caa-wrong-account', 2],
  ['is in the way where the CA looks at it alone', { mode: 'off' }, 'acme-caa', 2],
  ['is ours to mend where we manage it', { mode: 'manage' }, 'caa-wrong-account', 48],
  ['is ours to mend where a file says nothing', undefined, 'caa-wrong-account', 48],
  ['is not in the way of what failed for another reason', { mode: 'check' }, 'acme-malformed', 48],
] as const)('CAA %s', async (_, caa, reason, hours) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const opportunities = new Opportunities(world);
  world.write('cert1', { names: ['a.alpha.com'], ...(caa && { caa }) });
  const fails = () => {
    const detail = { name: 'cert1', reason, message: '' };
    for (const hear of world.bus.onFact) hear({ type: 'Certificate Renewal Failed', detail } as never);
  };
  for (let hour = 0; hour <= 48; hour += 2) world.scheduler.at(START + hour * HOUR, 'a failure', fails);
  await world.scheduler.runUntil(START + 2 * DAY + 1);
  const span = { from: START, until: START + 2 * DAY };
  expect(opportunities.longestClear('cert1', span, ['dns'])).toBe(hours * HOUR);
});

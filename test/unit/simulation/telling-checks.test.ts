import { expect, it } from 'vitest';
import { stateKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { checkTelling } from '../../simulation/checks/telling-checks.ts';
import { HOUR, MINUTE } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
/** When it fails for the second time. */
const FAILED = START + 3 * 24 * HOUR;
const RUN = { functionName: 'renew', about: '', limitMs: 1, step: async () => {}, ended: () => {} } as const;
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
  const { world, breaches } = watched();
  for (const [after, text] of mails)
    world.scheduler.at(FAILED + after, 'a mail', () =>
      world.mails.send({ subject: '', text, by: 'notify-1' }),
    );
  world.scheduler.at(FAILED, 'a failure', () => remember(world, 2));
  await world.scheduler.runUntil(FAILED + 3 * HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['is judged where people want the certificate', 3, false, ['not-told']],
  ['is not where they took it out', 3, true, []],
  ['is none where a clean-up wrote the state of a failure that was told', 2, false, []],
] as const)('what is remembered two days after a failure was told %s', async (_, failures, isOut, broken) => {
  const { world, breaches } = watched();
  world.scheduler.at(FAILED - 48 * HOUR, 'a failure', () => {
    remember(world, 2);
    world.mails.send({ subject: '', text: TOLD, by: 'notify-1' });
  });
  world.scheduler.at(FAILED, 'another', () => {
    if (isOut) world.forget('cert1');
    remember(world, failures);
  });
  await world.scheduler.runUntil(FAILED + 3 * HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['whose event was lost is no breach', FAILED, []],
  ['of which nobody hears is one, whatever was lost before', FAILED - 2 * HOUR, ['not-told']],
] as const)('a second failure %s', async (_, at, broken) => {
  const { world, breaches } = watched();
  world.scheduler.at(at, 'an end', () => {
    const renew = new Invocation('renew-1', 'renew', 0);
    renew.met.push('bus.loses');
    for (const hear of world.lambda.onEnd) hear({ how: 'ended', answer: undefined }, renew, RUN);
  });
  world.scheduler.at(FAILED, 'a failure', () => remember(world, 2));
  await world.scheduler.runUntil(FAILED + 3 * HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

function watched() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkTelling({ world, breaches, opportunities: new Opportunities(world) });
  world.write('cert1', { names: ['s1.alpha.com'] });
  return { world, breaches };
}

function remember(world: World, failures: number): void {
  const repairs = { 'left-open': { failures: 0 } };
  world.bucket.put(
    stateKey('cert1'),
    JSON.stringify({ repairs, failures, at: world.scheduler.now }),
    'renew',
  );
}

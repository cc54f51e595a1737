import { expect, it } from 'vitest';
import { DAY } from '../../simulation/engine/durations.ts';
import { Random } from '../../simulation/engine/random.ts';
import { letSetCaa } from '../../simulation/world/set-caa.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const FORMER = '0 issue "letsencrypt.org; accounturi=https://ca.test/acct/1"';
const ASKED = '0 issue "letsencrypt.org; accounturi=https://ca.test/acct/2"';

it.each([
  ['where a file says that we only check it', 'check', [FORMER, ASKED]],
  ['and leaves to us what we manage', 'manage', [FORMER]],
])('lets people set in CAA what a mail asks for, %s', async (_, mode, values) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  letSetCaa(world, new Random(1n, 'caa'));
  world.write('cert1', { names: ['s1.alpha.com'], caa: { mode } });
  const zone = world.route53.delegated.get('alpha.com');
  zone?.overwrite({ name: 'alpha.com', type: 'CAA', ttl: 60, values: [FORMER] }, START);
  const why = `s1.alpha.com: CAA (${FORMER} at alpha.com) does not let letsencrypt.org issue`;
  const text = `cert1 is not renewed\n  What failed: ${why}; add ${ASKED} at alpha.com (caa-wrong-account)\n`;
  world.mails.send({ subject: '', text, by: 'notify-1' });
  expect(zone?.sets.get('CAA alpha.com')?.values).toEqual([FORMER]);
  await world.scheduler.runUntil(START + DAY);
  expect(zone?.sets.get('CAA alpha.com')).toMatchObject({ ttl: 60, values });
});

import { expect, it } from 'vitest';
import { liveKey, revokedKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkLimits } from '../../simulation/checks/limit-checks.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { HOUR } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const LIVE = '20261101T000000Z-000002';
const OLDER = '20261031T000000Z-000001';

it.each([
  ['is a breach', undefined, 'exact-set', ['rate-limit-met']],
  ['is none where the live version has to be replaced', LIVE, 'exact-set', []],
  ['is one where an older version was revoked', OLDER, 'exact-set', ['rate-limit-met']],
  ['is one of the domain, whatever is revoked', LIVE, 'registered-domain', ['rate-limit-met']],
] as const)('a limit that we met ourselves %s', async (_, revoked, limit, broken) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkLimits({ world, breaches, opportunities: new Opportunities(world) });
  world.write('cert1', { names: ['b.alpha.com', 'a.alpha.com'] });
  const pointer = pointerOf(new Date(START), 90, { version: LIVE });
  world.bucket.put(liveKey('cert1'), JSON.stringify(pointer), 'renew');
  const versions = revoked ? [{ version: revoked, serial: '03', keyFingerprint: 'f'.repeat(64) }] : [];
  const asked = versions.map((one) => ({ ...one, reason: 'superseded', askedAt: '2026-11-19T00:00:00Z' }));
  world.bucket.put(revokedKey('cert1'), JSON.stringify({ versions: asked }), 'revoke');
  const met = { limit, value: '', message: '', retryAfterMs: HOUR };
  for (const hear of world.cas[0]?.onLimit ?? []) hear(met, ['a.alpha.com', 'b.alpha.com']);
  expect([...breaches.first.keys()]).toEqual(broken);
});

import { revokedKey, stateKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { revocationToReplace } from '../../../lib/foundation/certificate/revocation.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { LONGEST_WAIT } from '../../../lib/issuance/ca/rules/ca-limits.ts';
import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import { knownOf, revocationsIn } from '../../../lib/issuance/revocation/read-revocations.ts';
import { MINUTE } from '../engine/durations.ts';
import type { LimitMet } from '../services/ca-limits.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Parts } from './parts.ts';

/** Longer than a run of `renew`: others of its batch, and of those beside it, may have been asked for by then. */
const RUN = 16 * MINUTE;

/** No limit of a CA is met by our own doing, and what met one because of others is not asked for again before its end. */
export function checkLimits({ world, breaches, opportunities }: Parts): void {
  const { scheduler } = world;
  const known = new Map<string, { at: number; until: number }>();
  let touchedAt = 0;
  world.bucket.onChange.push(({ key, by }) => {
    if (key.startsWith('limits/') && by === 'somebody') touchedAt = scheduler.now;
  });
  /** Whether what a run learns may be lost, or its clock is off. */
  const wasHit = (from: number) => (opportunities.lastHit.get('renew') ?? 0) >= from || touchedAt >= from;
  const learn = ({ limit, value, message, retryAfterMs }: LimitMet, names: readonly string[]) => {
    const key = `${limit} ${value}`;
    const from = scheduler.now;
    const before = known.get(key);
    const isAgain = before && before.at + RUN < from && from < before.until && !isSuggested(world, names);
    scheduler.after(RUN, 'after a limit', () => {
      if (wasHit(from)) return;
      known.set(key, { at: from, until: from + Math.min(retryAfterMs, LONGEST_WAIT) });
      if (isAgain && touchedAt < before.at)
        breaches.report('asked-while-limited', `${names.join(' ')}: ${message}`);
    });
  };
  for (const ca of world.cas)
    ca.onLimit.push((met, names) => {
      world.trace.met(`limit ${met.limit}`);
      const isOwn = !met.isOfOthers && !(met.limit === 'exact-set' && isToReplaceRevoked(world, names));
      if (isOwn) breaches.report('rate-limit-met', `${names.join(' ')}: ${met.message}`);
      learn(met, names);
    });
}

/** What is revoked is replaced whatever our own budget says: the CA, asked once, says when there is room again. */
function isToReplaceRevoked(world: World, names: readonly string[]): boolean {
  return [...world.files].some(([name, file]) => {
    if (setOf(file.names) !== setOf(names)) return false;
    const live = pointerOf(world, name);
    const revocations = knownOf(revocationsIn(world.bucket.get(revokedKey(name))?.body ?? ''));
    return revocationToReplace(revocations, live) !== undefined;
  });
}

/** What a CA suggests is asked for even so: its limits exempt it. */
function isSuggested(world: World, names: readonly string[]): boolean {
  return [...world.files].some(([name, file]) => {
    const state = orNone(world.bucket.get(stateKey(name))?.body, State);
    return (
      setOf(file.names) === setOf(names) && Date.parse(state?.suggested?.at ?? '') <= world.scheduler.now
    );
  });
}

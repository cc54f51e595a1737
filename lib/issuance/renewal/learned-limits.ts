import { updateObject } from '../../foundation/bucket/update-object.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { readLimits } from '../ca/read-limits.ts';
import { learnLimits, NO_LIMITS, parseLimits } from '../ca/rules/ca-limits.ts';
import type { Refusal } from '../ca/rules/rate-limit-scope.ts';
import { orWarn, type RenewDeps } from './deps.ts';

export type LearnedLimits = ReturnType<typeof learnedLimits>;

/**
 * The limits that one CA has stated: known to this run at once, and stored for all others. If the stored ones cannot be
 * read, the CA states them again: nothing waits for the store.
 */
export function learnedLimits(deps: RenewDeps, directoryUrl: string) {
  const { store, clock } = deps;
  const key = limitsKey(directoryUrl);
  const reading = () => readLimits(store, directoryUrl, clock());
  let known = NO_LIMITS;
  const read = orWarn(deps, "the CA's limits are not known", reading).then((stored = NO_LIMITS) => {
    known = stored;
  });
  let storing: Promise<unknown> = Promise.resolve();
  return {
    /** Resolves when the stored ones are known; nothing is learned before. */
    read,
    known: () => known,
    /** Learns limits from a refusal, and begins to store them; the writes of a run follow one another. */
    learn(refusal: Refusal, names: readonly string[]): void {
      const now = clock();
      const learned = learnLimits(known, refusal, { names, now });
      if (learned === known) return;
      known = learned;
      const write = () =>
        updateObject(store, key, (text) => {
          const stored = learnLimits(parseLimits(text, now), refusal, { names, now });
          return { body: `${JSON.stringify(stored, null, 2)}\n` };
        });
      storing = storing.then(() => orWarn(deps, `could not store ${key}`, write));
    },
    /** Resolves when everything learned so far is stored. */
    stored: () => storing,
  };
}

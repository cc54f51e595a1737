import { noticedBy, type Seen } from './job.ts';
import type { Mutant } from './mutant.ts';

export type Outcome = 'noticed' | 'survived' | 'not reached';
export interface Result {
  mutant: Mutant;
  outcome: Outcome;
}

/** Tests that fail without a mutant, each with why. */
export function brokenTests(seen: readonly Seen[]): string[] {
  const lines = seen.flatMap((one) =>
    'broken' in one ? `${one.broken.replace(/ #.*/, '')} fails without a mutant: ${one.why}` : [],
  );
  return [...new Set(lines)];
}

/** What became of each mutant, by what all processes saw. Those that only run when files are loaded are in `atLoad`. */
export function resultsOf(
  mutants: readonly Mutant[],
  seen: readonly Seen[],
): { results: Result[]; atLoad: number[] } {
  const noticed = noticedBy(seen);
  const reached = new Set(seen.flatMap((one) => ('reached' in one ? one.reached : [])));
  const loaded = new Set(seen.flatMap((one) => ('loaded' in one ? one.loaded : [])));
  const atLoad: number[] = [];
  const results = mutants.map((mutant, id): Result => {
    if (noticed.has(id)) return { mutant, outcome: 'noticed' };
    if (loaded.has(id)) atLoad.push(id);
    return { mutant, outcome: reached.has(id) || loaded.has(id) ? 'survived' : 'not reached' };
  });
  return { results, atLoad };
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './results.ts';
import { whatOf } from './table.ts';

const BASELINE = join(import.meta.dirname, 'baseline.json');
const ACCEPTED = join(import.meta.dirname, 'accepted.json');
/** For each file how many mutants may survive: as many as did. */
export type Baseline = Record<string, { mutants: number; survived: number }>;
/**
 * For each file what may survive, as the line of code and the change in it, and why: no test can see it, or none needs to.
 */
export type Accepted = Record<string, Record<string, string>>;

export const readBaseline = (): Baseline => JSON.parse(readFileSync(BASELINE, 'utf8'));
export const readAccepted = (): Accepted => JSON.parse(readFileSync(ACCEPTED, 'utf8'));

/** Survivors that nobody accepted by name. */
export function openSurvivors(results: readonly Result[], accepted: Accepted): Result[] {
  return results.filter(
    ({ mutant, outcome }) =>
      outcome !== 'noticed' && accepted[mutant.file]?.[`${mutant.code} | ${whatOf(mutant)}`] === undefined,
  );
}

export function countByFile(results: readonly Result[], open: readonly Result[]): Baseline {
  const counts: Baseline = {};
  for (const { mutant } of results) {
    const count = counts[mutant.file] ?? { mutants: 0, survived: 0 };
    counts[mutant.file] = { ...count, mutants: count.mutants + 1 };
  }
  for (const { mutant } of open) {
    const count = counts[mutant.file];
    if (count) count.survived += 1;
  }
  return counts;
}

/** A line for each file of which more survives than in the baseline; what was not measured yet is held to nothing. */
export function complaints(counted: Baseline, baseline: Baseline): string[] {
  return Object.entries(counted).flatMap(([file, { mutants, survived }]) => {
    const allowed = baseline[file]?.survived;
    if (allowed === undefined || survived <= allowed) return [];
    return `${file}: ${survived} of ${mutants} mutants survive, ${allowed} may: write a test that notices them, or name them in tools/mutants/accepted.json with the reason`;
  });
}

/** The baseline with what was counted now; of files that are no longer there it keeps nothing. */
export function writeBaseline(counted: Baseline, files: readonly string[]): void {
  const all = { ...readBaseline(), ...counted };
  const kept = Object.entries(all).filter(([file]) => files.includes(file));
  const lines = kept
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([file, { mutants, survived }]) =>
        `  ${JSON.stringify(file)}: { "mutants": ${mutants}, "survived": ${survived} }`,
    );
  writeFileSync(BASELINE, `{\n${lines.join(',\n')}\n}\n`);
}

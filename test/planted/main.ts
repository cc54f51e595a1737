import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { changedPaths } from '../../tools/mutants/choose-files.ts';
import { complaintOf, makeCopy, removeCopy, tryFault } from './copy.ts';
import type { PlantedFault } from './fault.ts';
import { FAULTS } from './faults.ts';

/** Tests of hosts and stacks wait much of their time. */
const AT_ONCE = availableParallelism() + 1;
/** What a check has time for, with a large change. */
const MOST_OF_A_CHANGE = 60;

/**
 * `npm run planted [-- WORD ... | --change]`: plants each fault in a copy of the project and runs the test that has to notice
 * it; with words, those whose name or file has one of them. Ends with status 1 where a fault goes unnoticed, or a test fails
 * without one.
 */
async function main(words: readonly string[]): Promise<number> {
  const unknown = words.find((word) => word.startsWith('-') && word !== '--change');
  if (unknown) throw new Error(`${unknown}: there is --change, and words of names and files`);
  const chosen = words.includes('--change') ? ofChange() : named(words);
  if (chosen.length === 0) {
    console.log('no fault to plant');
    return 0;
  }
  const started = Date.now();
  const copies = Array.from({ length: Math.min(AT_ONCE, chosen.length) }, makeCopy);
  try {
    const [first = ''] = copies;
    const complaint = await complaintWithout(first, chosen);
    if (complaint !== undefined) {
      console.log(`the tests fail without a fault: run them first (${complaint})`);
      return 1;
    }
    const free = [...copies];
    const results = await pMap(
      chosen,
      async (fault) => {
        const copy = free.pop() ?? first;
        const said = await tryFault(copy, fault).catch((error: Error) => {
          console.log(`${fault.name}: ${error.message}`);
          return undefined;
        });
        free.push(copy);
        const which = `${fault.name} (${fault.file}, ${fault.test})`;
        console.log(said === undefined ? `NOT SEEN ${which}` : `noticed  ${which}\n         ${said}`);
        return said !== undefined;
      },
      { concurrency: copies.length },
    );
    const count = results.filter(Boolean).length;
    console.log(
      `planted: ${count} of ${chosen.length} noticed, in ${Math.round((Date.now() - started) / 1000)} s`,
    );
    return count === chosen.length ? 0 : 1;
  } finally {
    for (const copy of copies) removeCopy(copy);
  }
}

function named(words: readonly string[]): readonly PlantedFault[] {
  if (words.length === 0) return FAULTS;
  const vain = words.find((word) => !FAULTS.some(({ name, file }) => `${name} ${file}`.includes(word)));
  if (vain !== undefined) throw new Error(`${vain}: no fault has it in its name or file`);
  return FAULTS.filter(({ name, file }) => words.some((word) => `${name} ${file}`.includes(word)));
}

/**
 * Those of which this branch changed the file or the test, all where there is no `main` to compare with; of many every so many,
 * so that some are of each kind.
 */
function ofChange(): readonly PlantedFault[] {
  const changed = changedPaths();
  const all = changed ? FAULTS.filter(({ file, test }) => changed.has(file) || changed.has(test)) : FAULTS;
  const step = Math.max(1, all.length / MOST_OF_A_CHANGE);
  const chosen = all.filter(
    (_, index) => index === 0 || Math.floor(index / step) > Math.floor((index - 1) / step),
  );
  console.log(
    `${all.length} of ${FAULTS.length} faults are in files that changed, or have a test there; ${chosen.length} are tried`,
  );
  return chosen;
}

/** Whole files, and of the others the tests that are named. */
async function complaintWithout(copy: string, faults: readonly PlantedFault[]): Promise<string | undefined> {
  const [named, whole] = [true, false].map((isNamed) =>
    faults.filter(({ only }) => (only !== undefined) === isNamed),
  ) as [PlantedFault[], PlantedFault[]];
  for (const some of [whole, named]) {
    const tests = [...new Set(some.map(({ test }) => test))];
    const only = [...new Set(some.flatMap((fault) => fault.only ?? []))];
    const complaint = tests.length > 0 ? await complaintOf(copy, tests, only) : undefined;
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { complaintOf, makeCopy, removeCopy, tryFault } from './copy.ts';
import type { PlantedFault } from './fault.ts';
import { FAULTS } from './faults.ts';

/**
 * `npm run planted [-- WORD ...]`: plants each fault in a copy of the project and runs the test that has to notice it; with
 * words, those whose name or file has one of them. Ends with status 1 where a fault goes unnoticed, or a test fails without one.
 */
async function main(words: readonly string[]): Promise<number> {
  const chosen = FAULTS.filter(
    ({ name, file }) => words.length === 0 || words.some((word) => `${name} ${file}`.includes(word)),
  );
  const started = Date.now();
  const copies = Array.from({ length: availableParallelism() }, makeCopy);
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

process.exitCode = await main(process.argv.slice(2));

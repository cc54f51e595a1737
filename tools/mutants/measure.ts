import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { type TestFile, testsOf } from './choose-files.ts';
import { type Job, NEAREST_TESTS, type Seen } from './job.ts';
import type { Mutant } from './mutant.ts';
import { type Result, resultsOf } from './results.ts';
import { runJob } from './run-job.ts';

/** Mutants of one process where files are loaded anew for each: what was loaded stays in memory. */
const AT_LOAD_TOGETHER = 60;

/** Tries all mutants; then, in tests that are loaded anew, those that run when files are loaded and were not noticed. */
export async function measureAll(
  folder: string,
  mutants: readonly Mutant[],
  files: Job['files'],
): Promise<Result[]> {
  const tests = testsOf(files.map(({ file }) => file));
  const job = { files, testFiles: tests.map(({ test }) => test) };
  const all = Array.from(mutants.keys());
  const seen = await inParts(folder, 'run', { ...job, parts: shared(all, availableParallelism()) });
  const { atLoad } = resultsOf(mutants, seen);
  const loads = nearest(tests);
  const near = { files, testFiles: tests.map(({ test }) => test).filter((test) => loads[test]), loads };
  const parts = shared(atLoad, Math.ceil(atLoad.length / AT_LOAD_TOGETHER));
  const more = await inParts(folder, 'load', { ...near, parts });
  return resultsOf(mutants, [...seen, ...more.filter((one) => !('loaded' in one))]).results;
}

function nearest(tests: readonly TestFile[]): Record<string, string[]> {
  const counts = new Map<string, number>();
  const chosen: Record<string, string[]> = {};
  for (const { test, loads } of tests)
    for (const file of loads) {
      const count = (counts.get(file) ?? 0) + 1;
      counts.set(file, count);
      if (count > NEAREST_TESTS) continue;
      chosen[test] = [...(chosen[test] ?? []), file];
    }
  return chosen;
}

/** Every `parts`th together: those of one file are spread. */
function shared(ids: readonly number[], parts: number): number[][] {
  return Array.from({ length: parts }, (_, part) => ids.filter((_, at) => at % parts === part));
}

/** One process a processor, each with a part at a time. */
async function inParts(
  folder: string,
  name: string,
  { parts, ...job }: Omit<Job, 'ids' | 'log'> & { parts: number[][] },
): Promise<Seen[]> {
  const run = (ids: number[], part: number) => runJob(folder, `${name}-${part}`, { ...job, ids });
  const seen = await pMap(
    parts.filter((ids) => ids.length > 0),
    run,
    { concurrency: availableParallelism() },
  );
  return seen.flat();
}

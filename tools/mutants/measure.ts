import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import { testsOf } from './choose-files.ts';
import { type Job, noticedBy, type Seen } from './job.ts';
import type { Mutant } from './mutant.ts';
import { brokenTests, type Result, resultsOf } from './results.ts';
import { runJob } from './run-job.ts';

/** Mutants of one process where files are loaded anew for each: what was loaded stays in memory. */
const AT_LOAD_TOGETHER = 60;
/** A mutant is tried in so many test files: the nearest of those that load its file. */
const NEAREST_TESTS = 16;
/** Of these so many, where a file is loaded anew for each mutant. */
const NEAREST_AT_LOAD = 12;

/** Tries all mutants; then, in tests that are loaded anew, those that run when files are loaded and were not noticed. */
export async function measureAll(
  folder: string,
  mutants: readonly Mutant[],
  files: Job['files'],
): Promise<{ results: Result[]; broken: string[] }> {
  const { tests, nearest } = testsOf(files.map(({ file }) => file));
  const inOrder = tests.map(({ test }) => test);
  const all = Array.from(mutants.keys());
  const running = { files, ...nearTo(nearest, inOrder, NEAREST_TESTS) };
  const processors = availableParallelism();
  const quick = await inParts(folder, 'run', { ...running, parts: shared(all, processors) });
  const slow = quick.flatMap((one) => ('slow' in one ? one.slow : []));
  const noticed = noticedBy(quick);
  const left = { ...running, slow, testFiles: running.testFiles.filter((file) => slow.some(isIn(file))) };
  const parts =
    slow.length === 0
      ? []
      : shared(
          all.filter((id) => !noticed.has(id)),
          processors,
        );
  const seen = [...quick, ...(await inParts(folder, 'slow', { ...left, parts }))];
  const { atLoad } = resultsOf(mutants, seen);
  const loading = { files, atLoad: true, ...nearTo(nearest, inOrder, NEAREST_AT_LOAD) };
  const loads = shared(atLoad, Math.ceil(atLoad.length / AT_LOAD_TOGETHER));
  const more = await inParts(folder, 'load', { ...loading, parts: loads });
  const { results } = resultsOf(mutants, [...seen, ...more.filter((one) => !('loaded' in one))]);
  return { results, broken: brokenTests(seen) };
}

const isIn = (file: string) => (title: string) => title.startsWith(`${file} > `);

/** The nearest tests of each file, by test, and those that are one of them. */
function nearTo(
  nearest: ReadonlyMap<string, readonly string[]>,
  inOrder: readonly string[],
  most: number,
): Pick<Job, 'near' | 'testFiles'> {
  const near: Record<string, string[]> = {};
  for (const [file, tests] of nearest)
    for (const test of tests.slice(0, most)) near[test] = [...(near[test] ?? []), file];
  return { near, testFiles: inOrder.filter((test) => near[test]) };
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

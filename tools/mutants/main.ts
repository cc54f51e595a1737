import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  complaints,
  countByFile,
  openSurvivors,
  readAccepted,
  readBaseline,
  writeBaseline,
} from './baseline.ts';
import { changedFiles, codeFiles, filesNamed, testsOf } from './choose-files.ts';
import { type Job, mutantsOf } from './job.ts';
import { measure } from './measure.ts';
import { resultsOf } from './results.ts';
import { lineAbout, tableOf } from './table.ts';

/**
 * `npm run mutants [-- FILE or FOLDER ... | --change] [--baseline]`: which changes of the code the unit tests notice. Ends with
 * status 1 where more survive in a file than `baseline.json` has, which `--baseline` writes anew.
 */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--change' && arg !== '--baseline');
  if (unknown)
    throw new Error(`${unknown}: there are --change and --baseline, and names of files and folders`);
  const files = args.includes('--change')
    ? changedFiles()
    : names.length > 0
      ? filesNamed(names)
      : codeFiles();
  const { mutants, files: numbered } = mutantsOf(files);
  if (mutants.length === 0) {
    console.log('no code to try');
    return 0;
  }
  const started = Date.now();
  const job = { files: numbered, testFiles: testsOf(files), atLoad: false };
  const { results } = await inFolder(async (folder) =>
    resultsOf(mutants, await inParts(folder, mutants.length, job)),
  );
  const open = openSurvivors(results, readAccepted());
  for (const result of open) console.log(lineAbout(result));
  console.log(`\n${tableOf(results)}`);
  const accepted = results.filter(({ outcome }) => outcome !== 'noticed').length - open.length;
  if (accepted > 0) console.log(`${accepted} of the survivors are accepted in tools/mutants/accepted.json`);
  console.log(`in ${Math.round((Date.now() - started) / 1000)} s`);
  const counted = countByFile(results, open);
  if (args.includes('--baseline')) writeBaseline(counted, codeFiles());
  const worse = complaints(counted, readBaseline());
  for (const line of worse) console.log(line);
  return worse.length > 0 ? 1 : 0;
}

/** One process a processor, each with its share of the mutants. */
async function inParts(folder: string, count: number, job: Omit<Job, 'ids' | 'log'>) {
  const parts = Math.min(availableParallelism(), Math.ceil(count / 50));
  const runs = Array.from({ length: parts }, (_, part) => {
    const ids = Array.from({ length: count }, (_, id) => id).filter((id) => id % parts === part);
    return measure(folder, `part-${part}`, { ...job, ids });
  });
  return (await Promise.all(runs)).flat();
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-mutants-'));
  try {
    return await work(folder);
  } finally {
    (await process.env.KEEP) ? console.log(folder) : rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

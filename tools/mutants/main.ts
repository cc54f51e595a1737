import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  complaints,
  countByFile,
  openSurvivors,
  readAccepted,
  readBaseline,
  writeBaseline,
} from './baseline.ts';
import { changedFiles, codeFiles, filesNamed } from './choose-files.ts';
import { mutantsOf } from './job.ts';
import { measureAll } from './measure.ts';
import { lineAbout, tableOf } from './table.ts';

/**
 * `npm run mutants [-- FILE or FOLDER ... | --change] [--baseline]`: which changes of the code the unit tests notice. Ends with
 * status 1 where more survive in a file than `baseline.json` has, which `--baseline` writes anew, and where a test fails without
 * a mutant: what it says counts for nothing, and the others go on.
 */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--change' && arg !== '--baseline');
  if (unknown)
    throw new Error(`${unknown}: there are --change and --baseline, and names of files and folders`);
  const files = args.includes('--change')
    ? someOf(changedFiles())
    : names.length > 0
      ? filesNamed(names)
      : codeFiles();
  const { mutants, files: numbered } = mutantsOf(files);
  if (mutants.length === 0) {
    console.log('no code to try');
    return 0;
  }
  const started = Date.now();
  const { results, broken } = await inFolder((folder) => measureAll(folder, mutants, numbered));
  const open = openSurvivors(results, readAccepted());
  for (const result of open) console.log(lineAbout(result));
  console.log(`\n${tableOf(results)}`);
  const accepted = results.filter(({ outcome }) => outcome !== 'noticed').length - open.length;
  if (accepted > 0) console.log(`${accepted} of the survivors are accepted in tools/mutants/accepted.json`);
  console.log(`in ${Math.round((Date.now() - started) / 1000)} s`);
  const counted = countByFile(results, open);
  if (args.includes('--baseline')) writeBaseline(counted, codeFiles());
  const worse = complaints(counted, readBaseline());
  for (const line of [...broken, ...worse]) console.log(line);
  return broken.length + worse.length > 0 ? 1 : 0;
}

/** Mutants of a change that are tried, so that it takes minutes. */
const MOST_OF_A_CHANGE = 300;

/** Of the files that changed, as many as have so many mutants together, and one at least; says which are left. */
function someOf(changed: readonly string[] | undefined): string[] {
  if (!changed) console.log('there is no branch main here to compare with');
  const taken: string[] = [];
  const left: string[] = [];
  let count = 0;
  for (const file of changed ?? []) {
    count += mutantsOf([file]).mutants.length;
    (taken.length === 0 || count <= MOST_OF_A_CHANGE ? taken : left).push(file);
  }
  if (left.length > 0) console.log(`not tried: ${left.length} more files that changed, ${left.join(', ')}`);
  return taken;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-mutants-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import type { Command } from 'commander';
import { oneLine } from '../../lib/foundation/common/one-line.ts';
import { type Candidate, findCandidates } from './find-candidates.ts';
import { cacheFile, knownNames } from './known-names.ts';

const LIMIT_MS = 1_000;
const LONGEST = 100;

/** Prints what may come next, a word and what it is on each line; `@files` where it is a file or folder. */
export async function printCandidates(program: Command, words: readonly string[]): Promise<void> {
  const found = findCandidates(program, words);
  if (found === 'files') console.log('@files');
  else for (const one of found === 'certificates' ? await certificates(words) : found) print(one);
  // What was not there within the limit may still be on its way.
  process.exit(0);
}

const print = ({ word, what }: Candidate) => console.log(`${word}\t${oneLine(what, LONGEST)}`);

async function certificates(words: readonly string[]): Promise<Candidate[]> {
  const stage = givenFor('--stage', words);
  const region = givenFor('--region', words);
  if (region !== undefined) process.env.AWS_REGION = region;
  // Loaded first: the limit is for what others take.
  const { listNames } = await import('./list-names.ts');
  const list = () => listNames(stage);
  const names = await knownNames(cacheFile(process.env, stage), list, { limitMs: LIMIT_MS, now: Date.now() });
  return names.map((word) => ({ word, what: 'certificate' }));
}

function givenFor(option: string, words: readonly string[]): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

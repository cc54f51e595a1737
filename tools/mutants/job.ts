import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../check/run-tool.ts';
import { findMutants } from './find-mutants.ts';
import { instrument } from './instrument.ts';
import type { Mutant } from './mutant.ts';

/** What a process with tests has to try; its address is in `MUTANTS_JOB`. */
export interface Job {
  /** Files with mutants, and the id of the first of each. */
  files: readonly { file: string; first: number }[];
  testFiles: readonly string[];
  /** The ids that this process tries. */
  ids: readonly number[];
  /** Where it writes what it sees, a line of JSON each: {@link Seen}. */
  log: string;
  /** Of each test file those files whose mutants are tried in it. */
  near: Record<string, readonly string[]>;
  /** Only these tests, which were too slow to be among the first. */
  slow?: readonly string[];
  /** Whether it tries what runs when a file is loaded. */
  atLoad?: boolean;
}

/** A line of the log. */
export type Seen =
  /** A process is started. */
  | { begins: number }
  /** Ran while files were loaded, outside of every test. */
  | { loaded: number[] }
  /** Ran in a test. */
  | { reached: number[] }
  /** A test that takes long: it is run with those mutants that no quick one notices. */
  | { slow: string }
  /** Is being tried; without a next line the process did not come back. */
  | { tries: number; test: string }
  | { noticed: number; test: string }
  /** A test is through with all mutants; it is not run again after a restart. */
  | { done: string }
  /** What a mutant left makes a test fail; the process waits for its end. */
  | { spoilt: string; why: string }
  /** A test that fails without a mutant, also the first time. */
  | { broken: string; why: string }
  /** A test that fails when it is run a second time: of no use here. */
  | { unsteady: string; why: string };

export function readJob(file = process.env.MUTANTS_JOB): Job {
  if (!file) throw new Error('MUTANTS_JOB is not set: start this by npm run mutants');
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function write(log: string, seen: Seen): void {
  appendFileSync(log, `${JSON.stringify(seen)}\n`);
}

/** The ids that a test noticed; one that fails without a mutant as well says nothing. */
export function noticedBy(seen: readonly Seen[]): Set<number> {
  const broken = new Set(seen.flatMap((one) => ('broken' in one ? one.broken : [])));
  return new Set(seen.flatMap((one) => ('noticed' in one && !broken.has(one.test) ? one.noticed : [])));
}

export function readLog(log: string): Seen[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** The file that a mutant is in. */
export const fileOfMutant = ({ files }: Pick<Job, 'files'>, id: number): string =>
  files.findLast(({ first }) => first <= id)?.file ?? '';

/** All mutants of the files, in the order of their ids. */
export function mutantsOf(files: readonly string[]): { mutants: Mutant[]; files: Job['files'] } {
  const mutants: Mutant[] = [];
  const numbered = files.map((file) => {
    const first = mutants.length;
    mutants.push(...findMutants(file, readFileSync(join(PROJECT, file), 'utf8')));
    return { file, first };
  });
  return { mutants, files: numbered };
}

/** The text of a file of the job with its mutants; `undefined` for every other file. */
export function instrumented(job: Job, path: string, text: string): string | undefined {
  const found = job.files.find(({ file }) => join(PROJECT, file) === path);
  return found && instrument(text, findMutants(found.file, text), found.first);
}

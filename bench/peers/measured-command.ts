import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../local/setup/run-command.ts';
import type { Taken } from './participant.ts';

const MEASURE = join(import.meta.dirname, 'measure.py');
/** A hundred certificates one after another, each with 30 s of propagation and what a client adds. */
const LIMIT_MS = 10_800_000;

/** A program, how it is started, and where it may write. */
export interface Command {
  /** A Python interpreter, which looks on. */
  python: string;
  folder: string;
  env: Record<string, string>;
}

/** Runs the program to its end, and says what it took; throws when it fails. */
export async function measureCommand(
  [program = '', ...args]: string[],
  { python, folder, env }: Command,
): Promise<Taken> {
  const file = join(folder, 'taken.json');
  await runCommand(python, [MEASURE, file, program, ...args], { env, limitMs: LIMIT_MS });
  return JSON.parse(await readFile(file, 'utf8')) as Taken;
}

/** Of commands one after another. */
export function sum(all: readonly Taken[]): Taken {
  const total = (figure: (taken: Taken) => number) => all.reduce((so, taken) => so + figure(taken), 0);
  return {
    wallMs: total(({ wallMs }) => wallMs),
    cpuMs: total(({ cpuMs }) => cpuMs),
    peakMb: Math.max(...all.map(({ peakMb }) => peakMb)),
  };
}

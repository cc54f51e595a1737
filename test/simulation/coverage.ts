import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

/** As Node writes it for `NODE_V8_COVERAGE`: of each function one range, and in it one for each branch. */
interface Covered {
  url: string;
  functions: { functionName: string; ranges: Range[]; isBlockCoverage: boolean }[];
}

interface Branches {
  file: string;
  reached: number;
  all: number;
  /** Lines at which branches begin that were never reached. */
  missed: number[];
}

const ROOT = join(import.meta.dirname, '../..');

/** `npm run simulate:coverage -- …`: a simulation with these options, and how much of `lib` it reached, without the adapters. */
function main(words: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-coverage-'));
  try {
    const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], {
      env: { ...process.env, NODE_V8_COVERAGE: folder },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    tell(readBranches(folder));
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readBranches(folder: string): Branches[] {
  return readdirSync(folder).flatMap((name) => {
    const { result }: { result: Covered[] } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return result.flatMap((covered) => {
      const file = covered.url.startsWith('file:') ? relative(ROOT, fileURLToPath(covered.url)) : '';
      return /^lib\/(?!adapters\/)/.test(file) ? branchesOf(file, covered) : [];
    });
  });
}

function tell(found: readonly Branches[]): void {
  for (const { file, reached, all, missed } of found.toSorted((a, b) => b.missed.length - a.missed.length))
    if (missed.length > 0)
      console.log(`${file}: ${reached} of ${all}, not those in lines ${missed.join(', ')}`);
  const sum = (of: (one: Branches) => number) => found.reduce((total, one) => total + of(one), 0);
  const reached = sum((one) => one.reached);
  const all = sum((one) => one.all);
  const share = ((100 * reached) / all).toFixed(1);
  console.log(`coverage: ${reached} of ${all} branches (${share} %) in ${found.length} files of lib`);
}

/** A function is a branch, and each block in it that V8 counts by itself. */
function branchesOf(file: string, { functions }: Covered): Branches {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const ranges = functions.flatMap((one) => one.ranges);
  const missed = ranges.filter(({ count }) => count === 0);
  const lines = missed.map(({ startOffset }) => text.slice(0, startOffset).split('\n').length);
  return {
    file,
    reached: ranges.length - missed.length,
    all: ranges.length,
    missed: [...new Set(lines)].sort((a, b) => a - b),
  };
}

process.exitCode = main(process.argv.slice(2));

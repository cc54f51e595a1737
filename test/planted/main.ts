import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { mutated } from '../simulation/mutants/plant.ts';
import type { PlantedFault } from './fault.ts';
import { FAULTS } from './faults.ts';

const LIMIT_MS = 600_000;

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
    const tests = [...new Set(chosen.map(({ test }) => test))];
    const [first] = copies;
    if (!first || !(await passes(first, tests))) {
      console.log('the tests fail without a fault: run them first');
      return 1;
    }
    const free = [...copies];
    const results = await pMap(
      chosen,
      async (fault) => {
        const copy = free.pop() ?? first;
        const noticed = await isNoticed(copy, fault);
        free.push(copy);
        console.log(`${noticed ? 'noticed ' : 'NOT SEEN'} ${fault.name} (${fault.file}, ${fault.test})`);
        return noticed;
      },
      { concurrency: copies.length },
    );
    const count = results.filter(Boolean).length;
    console.log(
      `planted: ${count} of ${chosen.length} noticed, in ${Math.round((Date.now() - started) / 1000)} s`,
    );
    return count === chosen.length ? 0 : 1;
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
}

/** What is in the repository or would be, so that the checkout is never changed. */
function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-planted-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  for (const file of files.trim().split('\n')) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(join(PROJECT, file), join(folder, file), { force: true });
  }
  for (const shared of ['node_modules', '.local']) symlinkSync(join(PROJECT, shared), join(folder, shared));
  return folder;
}

async function isNoticed(copy: string, fault: PlantedFault): Promise<boolean> {
  const file = join(copy, fault.file);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, mutated(text, fault));
  try {
    return !(await passes(copy, [fault.test], fault.only));
  } finally {
    writeFileSync(file, text);
  }
}

function passes(cwd: string, tests: readonly string[], only?: string): Promise<boolean> {
  const vitest = join(cwd, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [vitest, 'run', '--bail=1', ...tests, ...(only === undefined ? [] : ['-t', only])],
      { cwd, timeout: LIMIT_MS, maxBuffer: 64 << 20 },
      (error) => resolve(error === null),
    );
    child.stdin?.end();
  });
}

process.exitCode = await main(process.argv.slice(2));

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { KNOWN_FAULTS } from './known-faults.ts';
import { MUTANTS } from './mutants.ts';
import { filesOf, type Mutant, mutated, PARTS } from './plant.ts';
import { TOLD_MUTANTS } from './told-mutants.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const RUN = ['--years', '1', '--certificates', '5', '--seeds', '50', '--once'];
const LIMIT_MS = 3_600_000;

interface Found {
  mutant: Mutant;
  /** `undefined` where no seed found it. */
  by?: { seed: string; check: string };
}

/** `npm run simulate:mutants`: plants each fault in a copy of the code, and tells which seed and check found it. */
async function main(names: readonly string[]): Promise<number> {
  const chosen = [...MUTANTS, ...TOLD_MUTANTS, ...KNOWN_FAULTS].filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  const broken = await brokenAnyway();
  console.log(
    `without a fault ${broken.length} seeds are broken and left out: ${broken.join(', ') || 'none'}`,
  );
  const found = await pMap(chosen, (mutant) => tell(mutant, broken), { concurrency: availableParallelism() });
  const count = found.filter(({ by }) => by).length;
  console.log(`mutants: ${count} of ${found.length} found`);
  return count === found.length ? 0 : 1;
}

/** Seeds that are broken in the code as it is: what they break says nothing of a planted fault. */
async function brokenAnyway(): Promise<string[]> {
  const runs = (await simulate(PROJECT, [])).split(/^(?=seed \d+: )/m);
  return runs.flatMap((run) => (run.includes('  BROKEN ') ? (/^seed (\d+): /.exec(run)?.[1] ?? []) : []));
}

async function tell(mutant: Mutant, except: readonly string[]): Promise<Found> {
  const found = await seek(mutant, except);
  const by = found.by ? `seed ${found.by.seed}, ${found.by.check}` : 'NOT FOUND';
  console.log(`${mutant.name}: ${by}`);
  return found;
}

async function seek(mutant: Mutant, except: readonly string[]): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-mutant-'));
  try {
    for (const part of PARTS) await cp(join(PROJECT, part), join(folder, part), { recursive: true });
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    await mkdir(join(folder, 'schema'), { recursive: true });
    for (const planted of filesOf(mutant)) {
      const file = join(folder, planted.file);
      await writeFile(file, mutated(await readFile(file, 'utf8'), planted));
    }
    const printed = await simulate(folder, ['--stop', '--except', except.join(',')]);
    const [, seed = '', check = ''] = /^seed (\d+): (?:(?!^seed ).)*? BROKEN (.*?) at /ms.exec(printed) ?? [];
    if (check !== '') return { mutant, by: { seed, check } };
    const [error] = /^\w*Error: .*$/m.exec(printed) ?? [];
    if (error !== undefined) return { mutant, by: { seed: 'none', check: error.slice(0, 120) } };
    // What did not run says nothing.
    if (!/^simulate: /m.test(printed)) throw new Error(`${mutant.name}: no seed ran: ${printed.slice(-500)}`);
    return { mutant };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function simulate(cwd: string, more: readonly string[]): Promise<string> {
  const options = { cwd, timeout: LIMIT_MS, maxBuffer: 64 << 20 };
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['test/simulation/main.ts', ...RUN, ...more],
      options,
      // What ran out of time has shown nothing.
      (error, out, err) => (error?.killed ? reject(error) : resolve(`${out}\n${err}`)),
    );
    child.stdin?.end();
  });
}

process.exitCode = await main(process.argv.slice(2));

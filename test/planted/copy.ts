import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MOTO_SOCKET } from '../../local/moto/start.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { mutated } from '../simulation/mutants/plant.ts';
import type { PlantedFault } from './fault.ts';

const LIMIT_MS = 600_000;
/** Bundling takes most of the time of packaging, and no fault here is about bundles. */
const WITHOUT_BUNDLES = ['  - serverless-esbuild\n', '  - ./test/planted/no-bundles.cjs\n'] as const;
/** Templates with faults are kept by nobody. */
const OWN = ['packages', 'linted'];

/** What is in the repository or would be, so that the checkout is never changed. */
export function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-planted-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  for (const file of files.trim().split('\n')) {
    if (!existsSync(join(PROJECT, file))) continue;
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(join(PROJECT, file), join(folder, file), { force: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  const local = join(PROJECT, '.local');
  mkdirSync(join(folder, '.local'));
  for (const name of existsSync(local) ? readdirSync(local) : [])
    if (!OWN.includes(name)) symlinkSync(join(local, name), join(folder, '.local', name));
  edit(folder, { name: 'packaging', file: 'serverless.yml', edits: [WITHOUT_BUNDLES] });
  return folder;
}

export const removeCopy = (folder: string) => rmSync(folder, { recursive: true, force: true });

/**
 * What the test said that noticed the fault, or nothing. Throws Error where it was over time without the fault as well: then it
 * says something of the machine only.
 */
export async function tryFault(copy: string, fault: PlantedFault): Promise<string | undefined> {
  const run = () => complaintOf(copy, [fault.test], fault.only === undefined ? [] : [fault.only]);
  const restore = edit(copy, fault);
  const said = await run().finally(restore);
  if (said?.includes('timed out') && (await run()) !== undefined)
    throw new Error('its test is over time without the fault, too: try it again on a quieter machine');
  return said;
}

function edit(copy: string, fault: Pick<PlantedFault, 'name' | 'file' | 'edits'>): () => void {
  const file = join(copy, fault.file);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, mutated(text, fault));
  return () => writeFileSync(file, text);
}

/** The first error of these test files, or of those of their tests whose name has one of `only`; nothing where they pass. */
export function complaintOf(
  cwd: string,
  tests: readonly string[],
  only: readonly string[] = [],
): Promise<string | undefined> {
  const named = only.length === 0 ? [] : ['-t', only.map(escaped).join('|')];
  const args = [
    join(cwd, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--bail=1',
    '--no-color',
    ...tests,
    ...named,
  ];
  // No moto and no AWS CLI of all tests together: none of these needs them.
  const env = { ...process.env, [MOTO_SOCKET]: '' };
  const options = { cwd, env, timeout: LIMIT_MS, maxBuffer: 64 << 20 };
  return new Promise((done, fail) => {
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const printed = `${stdout}\n${stderr}`;
      if (error) done(firstError(printed));
      // A name that no test has would let every fault pass.
      else if (!/^\s*Tests .*\d+ passed/m.test(printed))
        fail(new Error(`no test was run: ${args.join(' ')}`));
      else done(undefined);
    });
    child.stdin?.end();
  });
}

function firstError(printed: string): string {
  const [line] = printed.match(/^\w*(Error|SyntaxError): .*/m) ?? printed.match(/^.*Error.*$/m) ?? [];
  return line ?? 'it ended with an error';
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

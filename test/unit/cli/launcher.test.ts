import { execFile } from 'node:child_process';
import { copyFile, cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };

const PROJECT = join(import.meta.dirname, '../../..');
const LAUNCHER = join(PROJECT, 'cli/perennial.mjs');
/** Has Node call itself an older one. */
const OLD = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;

const run = (args: string[]) =>
  new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describe('cli/perennial.mjs', () => {
  it('is what npx starts: named in package.json, executable, with a first line for the system', async () => {
    expect(manifest.bin).toEqual({ 'perennial-tls': 'cli/perennial.mjs' });
    expect((await stat(LAUNCHER)).mode & 0o111).toBe(0o111);
    expect(await readFile(LAUNCHER, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('runs the program with this Node', async () => {
    const { status, stdout } = await run([LAUNCHER, '--help']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Usage: perennial') });
  });

  it('prints its version, and leaves the --version of a subcommand to that', async () => {
    expect(await run([LAUNCHER, '--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
    const { status, stderr } = await run([
      LAUNCHER,
      'revoke',
      'a',
      '--version',
      'x',
      '--confirm',
      'b',
      '--reason',
      'superseded',
    ]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--confirm a') });
  });

  it.each([
    [['statsu', '--json'], "unknown command 'statsu' (did you mean status?)"],
    [['show', '--json'], "missing required argument 'name'"],
    [['--json'], 'no command is given'],
  ])('answers programs with JSON where it is used wrongly: %j', async (args, message) => {
    const { status, stdout } = await run([LAUNCHER, ...args]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ version: 1, error: { reason: 'usage', message } });
  });

  it('suggests the command that was probably meant', async () => {
    expect(await run([LAUNCHER, 'statsu'])).toMatchObject({
      status: 2,
      stderr: "error: unknown command 'statsu' (did you mean status?)\n",
    });
  });

  it('ends quietly when nobody reads its output', async () => {
    const ended = await new Promise<{ status: number; stderr: string }>((resolve) => {
      // It is gone before the first word comes.
      const line = `{ sleep 0.5; "$0" "$1" --help; } | true; exit "\${PIPESTATUS[0]}"`;
      execFile('bash', ['-c', line, process.execPath, LAUNCHER], (error, _, stderr) =>
        resolve({ status: Number(error?.code ?? 0), stderr }),
      );
    });
    expect(ended).toEqual({ status: 141, stderr: '' });
  });

  it("starts the project's own Node where the system's is too old", async () => {
    const { status, stdout } = await run(['--import', OLD, LAUNCHER, '--help']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Usage: perennial') });
  });

  it('says in one line what to do where there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-'));
    await copyFile(LAUNCHER, join(folder, 'perennial.mjs'));
    const { status, stderr } = await run(['--import', OLD, join(folder, 'perennial.mjs'), 'status']);
    await rm(folder, { recursive: true });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(
        /^perennial-tls: this is Node 20\.20\.2 and 24 is needed; run "npm install" in [^\n]+\n$/,
      ),
    });
  });

  it('says in one line that a fresh clone needs npm install', async () => {
    const clone = await mkdtemp(join(tmpdir(), 'perennial-'));
    for (const part of ['cli', 'lib', 'resources', 'package.json'])
      await cp(join(PROJECT, part), join(clone, part), { recursive: true });
    const { status, stdout, stderr } = await run([join(clone, 'cli/perennial.mjs'), 'init']);
    await rm(clone, { recursive: true });
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^perennial-tls: the package [@\\w/-]+ is not installed; run "npm install" in ${clone} first\\n$`,
        ),
      ),
    });
  });

  it('says of a file of its own that is missing what Node says', async () => {
    const clone = await mkdtemp(join(tmpdir(), 'perennial-'));
    await copyFile(LAUNCHER, join(clone, 'perennial.mjs'));
    const { status, stderr } = await run([join(clone, 'perennial.mjs'), 'init']);
    await rm(clone, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('main.ts') });
  });

  it.each([
    ['an unknown command', ['nonsense']],
    ['a missing option', ['add', 'example.com']],
    ['force without names', ['renew', '--force']],
    ['a limit that is none', ['renew', '--limit', 'soon']],
  ])('ends with 2 at %s, in one line', async (_, args) => {
    const { status, stderr } = await run([LAUNCHER, ...args]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/^[^\n]+\n$/) });
  });
});

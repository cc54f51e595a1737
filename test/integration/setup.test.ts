import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findProgram } from '../../local/setup/find-program.ts';
import { holdLock } from '../../local/setup/hold-lock.ts';
import { nginxRootfsPart } from '../../local/setup/nginx-rootfs.ts';
import { pythonPart } from '../../local/setup/python.ts';
import { findPythonProgram } from '../../local/setup/python-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { SetupError } from '../../local/setup/setup-error.ts';
import { ensureSetup } from '../../local/setup.ts';

const run = promisify(execFile);
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-setup-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('set-up', () => {
  it('gives programs that run, and installs nothing when all is there', async () => {
    const { venvBin, pebble, nginxRootfs, container } = await ensureSetup();
    expect((await run(pebble, ['-version'])).stdout).toContain('Pebble');
    expect((await run(join(venvBin, 'aws'), ['--version'])).stdout).toContain('aws-cli/1.');
    expect((await run(join(venvBin, 'cfn-lint'), ['--version'])).stdout).toContain('1.58.0');
    expect(existsSync(join(nginxRootfs, 'usr/sbin/nginx'))).toBe(true);
    expect(findProgram(container.command[0] ?? '')).toBeDefined();
    const said: string[] = [];
    await ensureSetup((line) => said.push(line));
    expect(said).toEqual([]);
  });

  it('lets one process at a time install', async () => {
    const order: string[] = [];
    const hold = (name: string) =>
      holdLock(dir, async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push(`${name} out`);
      });
    await Promise.all([hold('a'), hold('b')]);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out']);
  });

  it('gives up waiting for another after its limit', async () => {
    await holdLock(dir, async () => {
      await expect(holdLock(dir, async () => 'in', 10)).rejects.toThrow(/has not ended/);
    });
  });

  it('installs a Python program once for all who ask, and gives it to nobody before all of it is there', async () => {
    // As pip does, it writes the program before what the program needs.
    const python = `#!/bin/sh
      if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit; fi
      bin=$(dirname "$0"); echo run >>'${dir}/pip-runs'; : >"$bin/tool"; sleep 0.3; : >"$bin/plugin"`;
    await mkdir(join(dir, 'bin'));
    await writeFile(join(dir, 'bin/python3'), python, { mode: 0o755 });
    vi.stubEnv('PATH', `${join(dir, 'bin')}:${process.env.PATH}`);
    const find = async () => {
      const found = await findPythonProgram({ name: 'tool', version: '1', requirements: 'traefik' }, dir);
      const program = typeof found === 'string' ? found : found.program;
      return existsSync(join(dirname(program), 'plugin')) ? program : `${program} without its plugin`;
    };
    const first = find();
    await vi.waitFor(() => expect(existsSync(join(dir, 'venv-traefik-1/bin/tool'))).toBe(true));
    const program = join(dir, 'venv-traefik-1/bin/tool');
    expect(await Promise.all([first, find(), find()])).toEqual([program, program, program]);
    expect(await readFile(join(dir, 'pip-runs'), 'utf8')).toBe('run\n');
    // One that was cut off is made anew.
    await rm(join(dir, 'venv-traefik-1/complete'));
    expect(await find()).toBe(program);
    vi.unstubAllEnvs();
  });

  it('says in one line what is missing and how to get it', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(pythonPart(dir).install()).rejects.toThrow(
      /^python3 .* is missing: install it .*python3-venv/,
    );
    vi.unstubAllEnvs();
    expect(new SetupError('one\n  two\n').message).toBe('one | two');
  });

  it.skipIf(!findProgram('apt-get') || process.getuid?.() !== 0)(
    "makes Nginx's root folder from the distribution's packages, without installing them (needs apt-get and root)",
    async () => {
      const part = nginxRootfsPart(dir, '');
      await part.install();
      const root = join(dir, 'nginx-rootfs');
      const sh = await run('chroot', [
        root,
        '/bin/sh',
        '-c',
        'nginx -v 2>&1 && true && ls -d /etc/letsencrypt',
      ]);
      expect(sh.stdout).toMatch(/^nginx version: nginx\/[\d.]+\n\/etc\/letsencrypt\n$/);
      expect(existsSync(`${root}.packages`)).toBe(false);
    },
    120_000,
  );
});

describe('a command', () => {
  it('that fails is told with what it printed', async () => {
    await expect(runCommand('sh', ['-c', 'echo why >&2; exit 3'])).rejects.toThrow(
      /sh -c .* failed \(3\): why/,
    );
  });

  it('that takes too long is stopped', async () => {
    await expect(runCommand('sleep', ['5'], { limitMs: 50 })).rejects.toThrow(/stopped after 0.05 s/);
  });
});

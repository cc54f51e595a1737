import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Hosts } from '../../local/hosts/hosts.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { ensureSetup, type Setup } from '../../local/setup.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';

let setup: Setup;
let fixture: InstallFixture;
beforeAll(async () => {
  setup = await ensureSetup();
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

async function containersOf(pid: number): Promise<string[]> {
  const [program = '', ...flags] = setup.container.command;
  const list = await runCommand(program, [...flags, 'ps', '-a', '--format', '{{.Names}}']);
  return list.split('\n').filter((name) => name.startsWith(`perennial-${pid}-`));
}

describe('a fleet', () => {
  test('shares one Nginx, each host with a folder, a port and a certificate of its own', async () => {
    const before = (await containersOf(process.pid)).length;
    const fleet = await fixture.hosts.startFleet(
      Array.from({ length: 12 }, (_, n) => ({
        id: `mi-${n}`,
        tags: { 'perennial-group': 'web' },
        sites: [{ serverName: 'fleet.example', lineage: 'fleet' }],
      })),
    );
    expect((await containersOf(process.pid)).length).toBe(before + 1);
    const serials = await Promise.all(fleet.map((host) => servedSerial(host, 'fleet.example')));
    expect(new Set(serials).size).toBe(12);

    const { serial } = await fixture.publish('fleet', ['fleet.example']);
    const [one, two, three] = fleet;
    if (!one || !two || !three) throw new Error('no fleet');
    const runs = await Promise.all([one, two].map((host) => fixture.install(host, 'fleet')));
    for (const { report } of runs) expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
    expect(await servedSerial(one, 'fleet.example')).toBe(serial);
    expect(await servedSerial(three, 'fleet.example')).toBe(serials[2]);
  });

  test('has its scripts take turns, as the Nginx of all is tested with the files of all', async () => {
    const fleet = await fixture.hosts.startFleet(
      [1, 2, 3].map((n) => ({
        id: `mi-turn-${n}`,
        sites: [{ serverName: 'turn.example', lineage: 'turn' }],
      })),
    );
    const command = { script: 'date +%s%N; sleep 0.2; date +%s%N', env: {}, limitMs: 10_000 };
    const runs = await Promise.all(fleet.map((host) => host.run(command)));
    const instants = runs.flatMap(({ stdout }) => stdout.trim().split('\n').map(Number));
    expect(instants).toHaveLength(6);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  });
});

describe('what a script sees', () => {
  test("is the host's own /mnt, and nothing of it is seen outside", async () => {
    const host = await fixture.hosts.start({ id: 'i-view' });
    const result = await host.run({ script: 'touch /mnt/here && ls /mnt', env: {}, limitMs: 5000 });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'here\nletsencrypt\n', stderr: '' });
    expect(existsSync('/mnt/here')).toBe(false);
  });

  test('is killed at the limit with all that it started, also in groups of their own', async () => {
    const host = await fixture.hosts.start({ id: 'i-limit' });
    const script = 'timeout 61.25 sleep 61.25 & sleep 61.25; wait';
    const started = performance.now();
    const result = await host.run({ script, env: {}, limitMs: 300 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(await runCommand('sh', ['-c', 'ps -eo args | grep -c "[s]leep 61.25" || :'])).toBe('0\n');
  });
});

test('a configuration that Nginx refuses is an error that says so, not a hang', async () => {
  const dir = await makeRunDir();
  const hosts = new Hosts({ ...setup, dir, env: () => ({}) });
  await expect(
    hosts.start({ id: 'i-1', sites: [{ serverName: 'not a name;', lineage: 'a' }] }),
  ).rejects.toThrow(/does not|nothing listens|failed/);
  await hosts.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a process that ends', () => {
  const program = `
    const { Hosts } = await import(${JSON.stringify(join(import.meta.dirname, '../../local/hosts/hosts.ts'))});
    const { ensureSetup } = await import(${JSON.stringify(join(import.meta.dirname, '../../local/setup.ts'))});
    const { makeRunDir } = await import(${JSON.stringify(join(import.meta.dirname, '../../local/run-dir.ts'))});
    const hosts = new Hosts({ ...(await ensureSetup()), dir: await makeRunDir(), env: () => ({}) });
    await hosts.start({ id: 'i-1', sites: [{ serverName: 'a.example', lineage: 'a' }] });
    process.stdout.write('started\\n');
    process.on('SIGTERM', () => process.exit(0));
    setInterval(() => {}, 1000);
  `;

  async function startProcess() {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return { child, pid: child.pid ?? 0 };
  }

  test('takes its container with it', async () => {
    const { child, pid } = await startProcess();
    expect(await containersOf(pid)).toHaveLength(1);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(await containersOf(pid)).toEqual([]);
  });

  test('and was killed leaves it to the next one', async () => {
    const { child, pid } = await startProcess();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await containersOf(pid)).toHaveLength(1);
    const next = await startProcess();
    expect(await containersOf(pid)).toEqual([]);
    next.child.kill('SIGTERM');
    await once(next.child, 'exit');
  });
});

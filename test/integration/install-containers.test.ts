import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';

const FAMILY = 'com.amazonaws.ecs.task-definition-family';
const NAME = 'com.amazonaws.ecs.container-name';
const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

describe('the container is found whatever it is called now', () => {
  test.each([
    ['by its compose service', [`${PROJECT}=p1`, `${SERVICE}=find-s`], 'find-s', true],
    ['by project and service', [`${PROJECT}=p2`, `${SERVICE}=find-p`], 'p2/find-p', true],
    ["by its ECS task's family", [`${FAMILY}=find-f`, `${NAME}=nginx`], 'find-f', true],
    ['by its name in an ECS task', [`${FAMILY}=f2`, `${NAME}=find-n`], 'find-n', true],
    ['by family and name', [`${FAMILY}=f3`, `${NAME}=find-b`], 'f3/find-b', true],
    ['not by the name in another family', [`${FAMILY}=f4`, `${NAME}=find-w`], 'f5/find-w', false],
    ['by its label', ['perennial.reload=nginx'], 'find-l', true],
    ['not by the service of another project', [`${PROJECT}=p3`, `${SERVICE}=find-o`], 'p4/find-o', false],
  ])('%s', async (_, labels, container, isFound) => {
    const lineage = container.replace('/', '-');
    const host = await fixture.startHost({ labels, sites: [{ serverName: 'a.example', lineage }] });
    const { serial } = await fixture.publish(lineage, ['a.example']);
    const { report } = await fixture.install(host, lineage, { container });
    expect(report.results).toMatchObject([
      isFound
        ? { outcome: 'served', serial }
        : { outcome: 'failed', reason: 'container-not-found', message: expect.stringContaining(container) },
    ]);
    await host.nginx.stop();
  });

  test('all replicas are reloaded, and one that refuses it stops all', async () => {
    const labels = [`${PROJECT}=many`, `${SERVICE}=many`];
    const sites = [{ serverName: 'a.example', lineage: 'many' }];
    const host = await fixture.startHost({ labels, sites });
    const replica = await fixture.startHost({ labels, sites: [{ serverName: 'b.example', lineage: 'b' }] });
    await fixture.publish('many', ['a.example']);
    const good = await fixture.install(host, 'many', { container: 'many/many' });
    expect(good.report.results).toMatchObject([{ outcome: 'served' }]);
    await replica.nginx.writeConfiguration('nonsense;');
    await fixture.publish('many', ['a.example']);
    const bad = await fixture.install(host, 'many', { container: 'many/many' });
    expect(bad.report.results).toMatchObject([
      {
        outcome: 'rolled-back',
        reason: 'nginx-test-failed',
        message: expect.stringMatching(/container [0-9a-f]{12}: .*nonsense/),
      },
    ]);
    await host.nginx.stop();
    await replica.nginx.stop();
  });
});

test('of an ECS task, the containers without Nginx are left alone', async () => {
  const labels = [`${FAMILY}=task`];
  const host = await fixture.startHost({ labels, sites: [{ serverName: 't.example', lineage: 't' }] });
  const sidecar = await fixture.startHost({ labels, program: ['sleep', '600'] });
  const { serial } = await fixture.publish('t', ['t.example']);
  const { report } = await fixture.install(host, 't', { container: 'task' });
  expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
  await host.nginx.stop();
  await sidecar.nginx.stop();
});

test('podman is asked as each user whose containers run without root', async () => {
  const host = await fixture.startHost({ sites: [{ serverName: 'r.example', lineage: 'r' }] });
  const engine = (await readdir(host.bin)).find((program) => program === 'docker' || program === 'podman');
  if (!engine) throw new Error('no container engine');
  // Root's podman knows no container; the user's has it.
  await rename(join(host.bin, engine), join(host.bin, 'as-user'));
  await writeFile(
    join(host.bin, 'podman'),
    '#!/bin/sh\n[ "$1" = ps ] || { echo "no such container" >&2; exit 1; }\n',
    { mode: 0o755 },
  );
  const log = join(host.bin, 'log');
  const runuser = `#!/bin/sh\necho "$@" >>'${log}'\nenv >>'${log}.environment'\nwhile [ "$1" != podman ]; do shift; done\nshift\nexec as-user "$@"\n`;
  await writeFile(join(host.bin, 'runuser'), runuser, { mode: 0o755 });
  await copyFile('/bin/sleep', join(host.bin, 'conmon'));
  const monitor = spawn(join(host.bin, 'conmon'), ['60'], { uid: 1, stdio: 'ignore' });
  await once(monitor, 'spawn');
  const { serial } = await fixture.publish('r', ['r.example']);
  const { report } = await fixture.install(host, 'r');
  monitor.kill();
  expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
  expect(await readFile(log, 'utf8')).toMatch(
    /^-u daemon -- env HOME=\/usr\/sbin XDG_RUNTIME_DIR=\/run\/user\/1 podman container inspect web$/m,
  );
  // Neither root's credentials nor anything else of its environment.
  const environment = await readFile(`${log}.environment`, 'utf8');
  expect(environment).not.toMatch(/^(?!PATH=|PWD=|OLDPWD=|SHLVL=|_=)\w+=/m);
});

test('a folder that the container can write to is reported, and the certificate is served', async () => {
  const host = await fixture.startHost({
    mounts: 'writable',
    sites: [{ serverName: 'w.example', lineage: 'w' }],
  });
  await fixture.publish('w', ['w.example']);
  const { report, exitCode } = await fixture.install(host, 'w');
  expect(report.results).toMatchObject([
    { outcome: 'served', reason: 'mounted-writable', message: expect.stringContaining(':ro') },
  ]);
  expect(exitCode).toBe(0);
});

test('OpenSSL 1.0.2, which cannot print single extensions, is enough', async () => {
  const host = await fixture.startHost({ sites: [{ serverName: 'o.example', lineage: 'o' }] });
  const tool = join(host.bin, 'openssl');
  const refusing =
    '#!/bin/sh\nfor a; do [ "$a" != -ext ] || { echo "unknown option -ext" >&2; exit 1; }; done\n';
  await writeFile(tool, `${refusing}${(await readFile(tool, 'utf8')).split('\n').slice(1).join('\n')}`);
  const { serial } = await fixture.publish('o', ['o.example']);
  const { report } = await fixture.install(host, 'o');
  expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
});

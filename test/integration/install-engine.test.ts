import { cp, readlink, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { engineOf } from './host-faults/shadow.ts';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

async function startHost(lineage: string): Promise<Host> {
  const host = await fixture.startHost({ sites: [{ serverName: `${lineage}.example`, lineage }] });
  await fixture.publish(lineage, [`${lineage}.example`]);
  return host;
}

const writeEngine = (host: Host, name: string, text: string) =>
  writeFile(join(host.bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

const DOCKER_IS_DOWN =
  'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1';

// Whichever engine is really here plays both: the script sees a program called docker or podman, and asks both the same.
describe('the container engine', () => {
  test.each(['docker', 'podman'])('is %s where that is the only one', async (engine) => {
    const host = await startHost(`only-${engine}`);
    if (engineOf(host) !== engine) await rename(join(host.bin, engineOf(host)), join(host.bin, engine));
    const { report } = await fixture.install(host, `only-${engine}`);
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
  });

  test.each([
    ['has no such container', 'echo "Error: No such container: web" >&2; exit 1'],
    ['has no daemon', DOCKER_IS_DOWN],
  ])('is podman where docker %s', async (what, text) => {
    const lineage = what.replaceAll(' ', '-');
    const host = await startHost(lineage);
    if (engineOf(host) !== 'podman') await cp(join(host.bin, 'docker'), join(host.bin, 'podman'));
    await writeEngine(host, 'docker', text);
    const { report } = await fixture.install(host, lineage);
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
  });

  test('that does not answer leaves the new certificate installed, and says so', async () => {
    const host = await startHost('down');
    for (const engine of ['docker', 'podman'])
      await writeEngine(host, engine, engine === 'docker' ? DOCKER_IS_DOWN : 'exit 125');
    const { report } = await fixture.install(host, 'down');
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'container-not-found' }]);
    expect(await readlink(join(host.root, 'live/down'))).toContain(report.results[0]?.version);
  });
});

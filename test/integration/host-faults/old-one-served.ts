import assert from 'node:assert/strict';
import { cp, mkdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../local/hosts/host.ts';
import { nginxConfiguration } from '../../../local/hosts/nginx-configuration.ts';
import { assertInstall, type HostFault, onProbedHost, SERVED } from './host-fault.ts';

/** Nginx keeps serving `lineage` from a folder beside live/, as where somebody copied the files once. */
async function serveCopyOf(host: Host, lineage: string): Promise<void> {
  const copy = join(host.root, 'copies', lineage);
  await mkdir(copy, { recursive: true });
  await cp(join(host.root, 'live', lineage), copy, { recursive: true, dereference: true });
  await host.nginx.writeConfiguration(
    nginxConfiguration(
      [
        {
          port: host.tlsPort,
          serverName: `${lineage}.example`,
          certificateFolder: `/etc/letsencrypt/copies/${lineage}`,
        },
      ],
      '/run',
    ),
  );
  await host.nginx.reload();
}

/** Row 37: the reload went well, and the old certificate is still served. */
export const oldOneServed: HostFault[] = [
  {
    row: 37,
    fault: 'the container mounts files, not the folder',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['filed'], mounts: 'files' }, async (host) => {
        const link = await readlink(join(host.root, 'live/filed'));
        await fixture.publish('filed', ['filed.example']);
        const message = await assertInstall(fixture, host, {
          names: 'filed',
          outcomes: [['rolled-back', 'mounted-file']],
        });
        assert.match(message, /mount the folder/);
        assert.equal(await readlink(join(host.root, 'live/filed')), link);
      }),
  },
  {
    row: 37,
    fault: 'Nginx reads a copy of the files',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['copied'] }, async (host) => {
        await serveCopyOf(host, 'copied');
        await fixture.publish('copied', ['copied.example']);
        const message = await assertInstall(fixture, host, {
          names: 'copied',
          outcomes: [['rolled-back', 'old-certificate-served']],
        });
        assert.match(message, /another path/);
      }),
  },
  {
    row: 37,
    fault: 'a server_name is wrong, and another certificate answers: that one alone goes back',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['right', 'wrong'], probed: ['right.example'] }, async (host) => {
        for (const name of ['right', 'wrong']) await fixture.publish(name, [`${name}.example`]);
        const server = (serverName: string, lineage: string) => ({
          port: host.tlsPort,
          serverName,
          certificateFolder: `/etc/letsencrypt/live/${lineage}`,
        });
        await host.nginx.configure([server('right.example', 'right'), server('wrnog.example', 'wrong')]);
        const message = await assertInstall(fixture, host, {
          names: 'right wrong',
          outcomes: [SERVED, ['rolled-back', 'other-certificate-served']],
        });
        assert.match(message, /not served for wrong\.example.*server_name/);
        await host.nginx.configure([server('right.example', 'right'), server('wrong.example', 'wrong')]);
        await assertInstall(fixture, host, {
          names: 'right wrong',
          outcomes: [['served', 'new-certificate-served'], SERVED],
        });
      }),
  },
  {
    row: 37,
    fault: 'a name that this host never served is no reason to go back',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['some'] }, async (host) => {
        await fixture.publish('some', ['some.example', 'elsewhere.example']);
        await assertInstall(fixture, host, { names: 'some', outcomes: [SERVED] });
      }),
  },
  {
    row: 37,
    fault: 'hooks are asked for, and there is none',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['hookless'], reload: 'hooks' }, async (host) => {
        await fixture.publish('hookless', ['hookless.example']);
        await assertInstall(fixture, host, {
          names: 'hookless',
          outcomes: [['rolled-back', 'no-hooks']],
          parameters: { reload: 'hooks', container: '' },
        });
      }),
  },
];

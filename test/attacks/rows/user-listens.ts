import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForPort } from '../../../local/hosts/nginx.ts';
import type { Attack } from '../attack.ts';
import { onSite, siteOf } from '../site.ts';

const NOBODY = 65_534;

/** Listens on an address of this machine as nobody, under a title of his own, and answers with `answer` in Python. */
async function listenAsNobody(
  { address, port, title }: { address: string; port: number; title: string },
  answer: string,
): Promise<() => Promise<void>> {
  const program = `import socket
server = socket.create_server((${JSON.stringify(address)}, ${port}))
while True:
    taken, _ = server.accept()
    try:
        ${answer}
    except OSError: pass`;
  // From a file: of what follows his title nothing may look like an option.
  const folder = await mkdtemp(join(tmpdir(), 'perennial-attack-'));
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'listen.py'), program);
  const running: ChildProcess = spawn('python3', [join(folder, 'listen.py')], {
    argv0: title,
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    stdio: 'ignore',
  });
  await once(running, 'spawn');
  if (address === '127.0.0.1') await waitForPort(port);
  else await new Promise((resolve) => setTimeout(resolve, 500));
  return async () => {
    running.kill('SIGKILL');
    await once(running, 'exit');
    await rm(folder, { recursive: true });
  };
}

export const USER_LISTENS: readonly Attack[] = [
  {
    tried:
      'listens where Nginx should, in a process that calls itself `nginx: master process … -c <his configuration>`',
    must: 'his configuration is not read by root: only what a process of root says of how it was started counts',
    run: async (stages) => {
      const fixture = await stages.hosts();
      const host = await fixture.startHost({
        reload: 'service',
        sites: [{ serverName: 'a.example', lineage: 'a' }],
      });
      const { publish, install, outside } = siteOf(fixture, host);
      await host.nginx.stop();
      await publish();
      const conf = `/tmp/perennial-attack-${host.tlsPort}.conf`;
      await writeFile(conf, `error_log ${outside('pwned')};\nevents {}\n`);
      // His title says that it is one of root's processes as well.
      const forged = `nginx: master process /tmp/evil -c ${conf}`;
      const title = `${forged}\n${process.pid} ${forged}`;
      const at = { address: '127.0.0.1', port: host.tlsPort, title };
      const stop = await listenAsNobody(at, 'taken.close()');
      const held = await listenAsNobody({ ...at, address: '127.0.0.2' }, 'taken.close()');
      // And root does listen there, with some other program.
      const ofRoot = createServer().listen(host.tlsPort, '127.0.0.3');
      await once(ofRoot, 'listening');
      const seen = await install({ reload: 'service', container: '', port: String(host.tlsPort) });
      ofRoot.close();
      await Promise.all([stop(), held()]);
      await rm(conf);
      assert.ok(!existsSync(outside('pwned')), 'root has opened the file that his configuration names');
      assert.equal(seen.outcome, 'failed', seen.message);
      return `not read: ${seen.reason}`;
    },
  },
  {
    tried: 'answers at another address of the same port with words that never end',
    must: 'each answer is cut and timed; the certificate is installed and seen',
    run: (stages) =>
      onSite(stages, async ({ publish, install, host }) => {
        const { serial } = await publish();
        const at = { address: '127.0.0.2', port: host.tlsPort, title: 'endless' };
        const stop = await listenAsNobody(at, 'while True: taken.sendall(b"x" * 65536)');
        const result = await install({ port: String(host.tlsPort) });
        await stop();
        assert.deepEqual([result.outcome, result.serial], ['served', serial], result.message);
        return `seen after ${(result.ms / 1000).toFixed(0)} s`;
      }),
  },
];

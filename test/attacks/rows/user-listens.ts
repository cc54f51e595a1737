import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForPort } from '../../../local/hosts/nginx.ts';
import type { Attack } from '../attack.ts';
import { onSite, type Site, siteOf } from '../site.ts';
import type { Stages } from '../stages.ts';

const NOBODY = 65_534;

/** Python that begins once more under a title of its own: what is called python3 may be a script, which would lose one. */
const titled = (title: string) => `import os, sys
title = ${JSON.stringify(title)}
if os.environ.pop('UNTITLED', 'yes') == 'yes':
    # It finds its modules by its title else.
    os.environ.update(UNTITLED='no', PYTHONHOME=sys.base_prefix)
    os.execv(sys.executable, [title, __file__])`;

/** Listens on an address of this machine as nobody, under a title of his own, and answers with `answer` in Python. */
async function listenAsNobody(
  { address, port, title }: { address: string; port: number; title: string },
  answer: string,
): Promise<() => Promise<void>> {
  const program = `${titled(title)}
import socket
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

/** A host whose Nginx does not run, so that its port is free. */
async function stoppedSite(stages: Stages): Promise<Site> {
  const fixture = await stages.hosts();
  const host = await fixture.startHost({
    reload: 'service',
    sites: [{ serverName: 'a.example', lineage: 'a' }],
  });
  await host.nginx.stop();
  return siteOf(fixture, host);
}

export const USER_LISTENS: readonly Attack[] = [
  {
    tried:
      'listens where Nginx should, in a process that calls itself `nginx: master process … -c <his configuration>`',
    must: 'his configuration is not read by root: only what a process of root says of how it was started counts',
    run: async (stages) => {
      const { publish, install, outside, host } = await stoppedSite(stages);
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
  {
    tried:
      'listens there, and hands that over to a program with the setuid bit, which he starts under such a title; a container in the host’s network does so as its root',
    must: 'neither is how root’s Nginx was started: what has the setuid bit, or another root folder, is not asked',
    run: async (stages) => {
      const { publish, install, outside, host } = await stoppedSite(stages);
      const seen: string[] = [];
      for (const start of [startSetuid, startInContainer]) {
        await publish();
        const title = `nginx: master process /tmp/evil -c ${outside('evil.conf')}`;
        await writeFile(outside('evil.conf'), `error_log ${outside('pwned')};\nevents {}\n`);
        const stop = await start(title, host.tlsPort);
        const { outcome, reason, message } = await install({
          reload: 'service',
          container: '',
          port: String(host.tlsPort),
        });
        await stop();
        assert.ok(!existsSync(outside('pwned')), 'root has opened the file that his configuration names');
        assert.equal(outcome, 'failed', message);
        seen.push(reason);
      }
      return `not read: ${seen.join(', ')}`;
    },
  },
];

/** `su` and `passwd` wait for a password as long as somebody likes; a copy of `sleep` with the setuid bit stands for them. */
async function startSetuid(title: string, port: number): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-attack-'));
  await chmod(folder, 0o755);
  const program = join(folder, 'setuid');
  await copyFile('/bin/sleep', program);
  await chmod(program, 0o4755);
  return startListening(`os.execv('${program}', [title, '60'])`, { title, port, user: NOBODY, folder });
}

/** Root in a container has another root folder, with programs and files of his. */
async function startInContainer(title: string, port: number): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-attack-'));
  const enter = `os.chroot('${folder}'); os.chdir('/'); time.sleep(60)`;
  return startListening(enter, { title, port, user: 0, folder });
}

/** Listens in Python, under a title, and then does `then` with the socket still open. */
async function startListening(
  then: string,
  { title, port, user, folder }: { title: string; port: number; user: number; folder: string },
): Promise<() => Promise<void>> {
  const program = `${titled(title)}
import socket, time
server = socket.create_server(('127.0.0.1', ${port}))
server.set_inheritable(True)
${then}`;
  await writeFile(join(folder, 'listen.py'), program, { mode: 0o644 });
  const running = spawn('python3', [join(folder, 'listen.py')], {
    uid: user,
    gid: user,
    cwd: '/',
    stdio: 'ignore',
  });
  await once(running, 'spawn');
  await waitForPort(port);
  return async () => {
    running.kill('SIGKILL');
    await once(running, 'exit');
    await rm(folder, { recursive: true });
  };
}

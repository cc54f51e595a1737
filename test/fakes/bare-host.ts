import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../../local/hosts/run-script.ts';
import type { PemPair } from '../../local/hosts/self-signed.ts';
import { listText, pointerTo, type StoredVersion } from './bare-host/objects.ts';
import { PROGRAMS } from './bare-host/programs.ts';
import { startTlsServer } from './bare-host/tls-server.ts';

const SCRIPT = join(import.meta.dirname, '../../lib/delivery/deployment/host/install.sh');

interface Result {
  name: string;
  version: string;
  outcome: string;
  reason: string;
  message: string;
  served: string[];
}

/**
 * The least that the hosts' script can run on: the machine's own tools, a folder for a bucket, and programs that stand for the AWS
 * CLI, Nginx and a container engine. What is served over TLS is real. Where Nginx itself matters, test/integration has it.
 */
export async function startBareHost() {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-bare-host-'));
  const at = (...path: string[]) => join(folder, ...path);
  const root = at('mnt/letsencrypt');
  for (const made of ['bin', 'state', 'tmp', 'mnt/letsencrypt/live', 'mnt/letsencrypt/archive', 'bucket'])
    mkdirSync(at(made), { recursive: true });
  for (const closed of ['mnt', 'mnt/letsencrypt', 'mnt/letsencrypt/live', 'mnt/letsencrypt/archive'])
    chmodSync(at(closed), 0o755);
  for (const [name, text] of Object.entries(PROGRAMS))
    writeFileSync(at('bin', name), text.replaceAll('FOLDER', folder), { mode: 0o755 });
  const server = await startTlsServer({ root, reloads: at('reloads') });
  let runs = 0;
  let versions = 0;
  const put = (key: string, text: string) => {
    mkdirSync(join(at('bucket', key), '..'), { recursive: true });
    writeFileSync(at('bucket', key), text);
  };

  return {
    root,
    state: at('state'),
    /** Where the script's own files are while it runs. */
    temporary: at('tmp'),
    server,
    bucket: at('bucket'),
    put,
    /** The bucket refuses this host everything, or nothing again. */
    deny: () => writeFileSync(at('denied'), ''),
    allow: () => rmSync(at('denied'), { force: true }),
    /** Shell commands that run first, in what the script sees of the machine. */
    prepare: undefined as string | undefined,
    /** Stops the script's clock. The result is shell text by which so many seconds pass. */
    stopClock() {
      const clock = at('uptime');
      writeFileSync(clock, readFileSync('/proc/uptime', 'utf8'));
      this.prepare = `mount --bind '${clock}' /proc/uptime`;
      return (seconds: number) =>
        `IFS=. read -r now _ <'${clock}'; echo "$((now + ${seconds})).00 0.00" >'${clock}'`;
    },
    /** Whoever waits for a server or a container waits ten seconds at a time, by the script's clock. */
    hurry() {
      const pass = this.stopClock()(10);
      this.program('sleep', `case $1 in 1 | 0.3) ${pass} ;; *) exec /usr/bin/sleep "$1" ;; esac`);
    },
    /** Puts a program first on the script's PATH. */
    program: (name: string, text: string) =>
      writeFileSync(at('bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 }),
    withoutProgram: (name: string) => rmSync(at('bin', name), { force: true }),
    /** What `nginx -t`, or the reload, says from now on, and fails with; nothing for none. */
    refuse(what: 'test' | 'reload', said?: string) {
      if (said === undefined) rmSync(at(`refuse-${what}`), { force: true });
      else writeFileSync(at(`refuse-${what}`), said);
    },
    /** What Nginx, hooks and the container engine were asked, in order. */
    asked: () =>
      existsSync(at('asked')) ? readFileSync(at('asked'), 'utf8').split('\n').filter(Boolean) : [],
    forgetAsked: () => rmSync(at('asked'), { force: true }),
    /** Puts a version into the bucket's archive/, and lets live/<name>.json name it; `change` falsifies the pointer. */
    publish(name: string, pair: PemPair, change: Record<string, unknown> = {}): StoredVersion {
      versions += 1;
      const version = `20261120T${String(versions).padStart(6, '0')}Z-3f9a2c`;
      for (const [file, pem] of Object.entries(pair)) put(`archive/${name}/${version}/${file}.pem`, pem);
      const pointer = pointerTo(pair, version);
      put(`live/${name}.json`, JSON.stringify({ ...pointer, ...change }, null, 2));
      return { name, version, pair };
    },
    pointTo({ name, version, pair }: StoredVersion, change: Record<string, unknown> = {}) {
      put(`live/${name}.json`, JSON.stringify({ ...pointerTo(pair, version), ...change }, null, 2));
    },
    list: (...versions: StoredVersion[]) => put('groups/web.json', listText(versions)),
    link(name: string): string | undefined {
      try {
        return readlinkSync(join(root, 'live', name));
      } catch {
        return undefined;
      }
    },
    remembered(name: string, what: string): string | undefined {
      const file = at('state/+mnt+letsencrypt', name, what);
      return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
    },
    remember(name: string, what: string, text: string) {
      mkdirSync(at('state/+mnt+letsencrypt', name), { recursive: true });
      writeFileSync(at('state/+mnt+letsencrypt', name, what), `${text}\n`);
    },
    async install(names: string, parameters: Record<string, string> = {}, env: Record<string, string> = {}) {
      runs += 1;
      const work = at('runs', String(runs));
      mkdirSync(join(work, 'lib'), { recursive: true });
      const script = join(work, '_script.sh');
      writeFileSync(script, readFileSync(SCRIPT, 'utf8'), { mode: 0o700 });
      const all = {
        ...{ names, bucket: 'certificates', region: 'us-east-1', root: '/mnt/letsencrypt' },
        ...{ reload: 'service', container: 'web', port: String(server.port), address: '127.0.0.1' },
        ...parameters,
      };
      const given = Object.fromEntries(Object.entries(all).map(([key, value]) => [`SSM_${key}`, value]));
      const result = await runScript({
        script,
        mnt: at('mnt'),
        own: { bin: at('bin'), state: at('state') },
        env: { PATH: '/usr/local/sbin:/usr/bin:/bin', HOME: folder, TMPDIR: at('tmp'), ...given, ...env },
        limitMs: 110_000,
        prepare: this.prepare,
      });
      if (/PRIVATE KEY/.test(result.stdout + result.stderr)) throw new Error('key material in the output');
      const last = result.stdout.trim().split('\n').at(-1) || '{"results":[]}';
      const report = JSON.parse(last) as { reason?: string; message?: string; results: Result[] };
      return { ...result, report, results: report.results };
    },
    async stop() {
      server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type BareHost = Awaited<ReturnType<typeof startBareHost>>;

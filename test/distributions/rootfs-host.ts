import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atExit } from '../../local/hosts/at-exit.ts';
import { findFreePort } from '../../local/hosts/free-port.ts';
import type { CommandRun } from '../../local/hosts/host.ts';
import { waitForPort } from '../../local/hosts/nginx.ts';
import type { ScriptResult } from '../../local/hosts/run-script.ts';

const CONFIGURATION = '/etc/nginx/perennial.conf';
/** The machine's processes, among which the script finds Nginx's. */
const ENTER = 'mount --bind /proc "$0/proc" && exec chroot "$0" "$@"';

/** A host in a distribution's root folder, with the distribution's own tools and Nginx, on a port of the loopback address. */
export class RootfsHost {
  /** certbot's folder */
  readonly letsencrypt: string;
  readonly tlsPort: number;
  readonly #root: string;
  readonly #env: Record<string, string>;
  #nginx: ChildProcess | undefined;
  #callOff = () => {};

  private constructor(root: string, { tlsPort, env }: { tlsPort: number; env: Record<string, string> }) {
    this.#root = root;
    this.letsencrypt = join(root, 'etc/letsencrypt');
    this.tlsPort = tlsPort;
    this.#env = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/root',
      ...env,
    };
  }

  static async in(root: string, env: Record<string, string>): Promise<RootfsHost> {
    const host = new RootfsHost(root, { tlsPort: await findFreePort(), env });
    await host.#forget();
    // Before 1.29 and 2.13 the AWS CLI knew no AWS_ENDPOINT_URL.
    const aws = 'PATH=/usr/local/bin:/usr/bin:/bin exec aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"';
    await writeFile(join(root, 'usr/local/sbin/aws'), `#!/bin/sh\n${aws}\n`, { mode: 0o755 });
    return host;
  }

  /** What a program prints there, with its errors. */
  async print(...command: string[]): Promise<string> {
    const { stdout, stderr } = await this.#enter(command, { limitMs: 30_000, env: {} });
    return `${stdout}${stderr}`.trim();
  }

  /** Runs a document's script as the SSM agent does. */
  async run({ script, env, limitMs }: CommandRun): Promise<ScriptResult> {
    await writeFile(join(this.#root, 'root/_script.sh'), script, { mode: 0o700 });
    return this.#enter(['sh', '/root/_script.sh'], { limitMs, env });
  }

  /** Starts Nginx with the files of a lineage; resolves when it listens. */
  async startNginx(lineage: string, serverName: string): Promise<void> {
    const live = `/etc/letsencrypt/live/${lineage}`;
    await this.configure(`daemon off;
user root;
error_log stderr warn;
pid /run/nginx.pid;
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:${this.tlsPort} ssl;
    server_name ${serverName};
    ssl_certificate ${live}/fullchain.pem;
    ssl_certificate_key ${live}/privkey.pem;
  }
}
`);
    this.#nginx = spawn('chroot', [this.#root, 'nginx', '-c', CONFIGURATION], { stdio: 'ignore' });
    this.#callOff = atExit(() => this.#nginx?.kill('SIGTERM'));
    await waitForPort(this.tlsPort);
  }

  configure(text: string): Promise<void> {
    return writeFile(join(this.#root, CONFIGURATION), text);
  }

  async stop(): Promise<void> {
    this.#callOff();
    if (this.#nginx && this.#nginx.exitCode === null) {
      const exited = once(this.#nginx, 'exit');
      this.#nginx.kill('SIGTERM');
      await exited;
    }
    await this.#forget();
  }

  async #forget(): Promise<void> {
    for (const folder of [this.letsencrypt, join(this.#root, 'var/lib/perennial')])
      await rm(folder, { recursive: true, force: true });
    await mkdir(this.letsencrypt, { recursive: true });
  }

  async #enter(command: string[], { env, limitMs }: Omit<CommandRun, 'script'>): Promise<ScriptResult> {
    const args = ['--mount', 'sh', '-c', ENTER, this.#root, ...command];
    const child = spawn('unshare', args, {
      env: { ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) =>
      stream.setEncoding('utf8').toArray(),
    );
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
    const printed = await Promise.all([stdout, stderr]);
    const [out = '', err = ''] = printed.map((parts) => (parts ?? []).join(''));
    return { exitCode, timedOut: signal === 'SIGKILL', stdout: out, stderr: err };
  }
}

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { type ContainerCommand, ENGINE_ENVIRONMENT } from '../setup/container.ts';
import { runCommand } from '../setup/run-command.ts';
import { atExit } from './at-exit.ts';
import { ensureImage } from './image.ts';
import { containerPrefix } from './leftovers.ts';
import { type Nginx, portsOf, waitForPorts } from './nginx.ts';
import { nginxConfiguration, type Server } from './nginx-configuration.ts';
import { replaceFile } from './replace-file.ts';

export interface NginxContainerOptions {
  container: ContainerCommand;
  /** a root folder with the distribution's Nginx */
  rootfs: string;
  /** where the configuration is kept */
  dir: string;
  /** folders or files of this machine, and where the container sees them */
  mounts: [source: string, destination: string][];
  /** who runs it, as `uid:gid`; root when absent */
  user?: string | undefined;
  /** labels, as `name=value` */
  labels?: readonly string[] | undefined;
  /** what runs in it instead of Nginx */
  program?: readonly string[] | undefined;
  /** what Nginx is started with; the configuration is kept in the file that `-c` names */
  flags?: readonly string[] | undefined;
}

/** Nginx in a container on the host's network. */
export class NginxContainer implements Nginx {
  readonly name = `${containerPrefix(process.pid)}${randomBytes(4).toString('hex')}`;
  readonly #options: NginxContainerOptions;
  #ports: number[] = [];
  #callOff = () => {};

  constructor(options: NginxContainerOptions) {
    this.#options = options;
  }

  get configurationFile(): string {
    const { flags = [] } = this.#options;
    const at = flags.indexOf('-c');
    return join(this.#configuration, at < 0 ? 'nginx.conf' : basename(flags[at + 1] ?? ''));
  }

  async configure(servers: Server[]): Promise<void> {
    this.#ports = portsOf(servers);
    await this.writeConfiguration(nginxConfiguration(servers, '/run'));
  }

  async writeConfiguration(text: string): Promise<() => Promise<void>> {
    return replaceFile(this.configurationFile, text);
  }

  async start(): Promise<void> {
    const { container, rootfs, mounts, user, labels = [], flags = [], program } = this.#options;
    // Of podman only: the folder belongs to the user.
    const run = user !== undefined && container.kind === 'podman' ? '/run:U' : '/run';
    const image = container.kind === 'docker' ? [await ensureImage(rootfs)] : ['--rootfs', rootfs];
    const volumes = [[this.#configuration, '/etc/nginx'], ...mounts].flatMap(([from, to]) => [
      '-v',
      `${from}:${to}`,
    ]);
    this.#callOff = atExit(() => this.#removeNow());
    await this.#engine([
      ...['run', '-d', '--name', this.name, '--network', 'host', '--tmpfs', run],
      ...[
        ...(user === undefined ? [] : ['--user', user]),
        ...volumes,
        ...labels.flatMap((label) => ['--label', label]),
      ],
      ...['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--stop-signal', 'SIGKILL'],
      ...image,
      ...(program ?? ['/usr/sbin/nginx', ...flags]),
    ]);
    await waitForPorts(this.#ports);
  }

  async reload(): Promise<void> {
    await this.#engine(['exec', this.name, 'nginx', '-s', 'reload']);
  }

  async stop(): Promise<void> {
    this.#callOff();
    await this.#engine(['rm', '-f', '-v', this.name]).catch(() => undefined);
  }

  get #configuration(): string {
    return join(this.#options.dir, 'nginx');
  }

  #engine(args: string[]): Promise<string> {
    const [program = '', ...flags] = this.#options.container.command;
    return runCommand(program, [...flags, ...args], { limitMs: 60_000, env: ENGINE_ENVIRONMENT });
  }

  #removeNow(): void {
    const [program = '', ...flags] = this.#options.container.command;
    try {
      execFileSync(program, [...flags, 'rm', '-f', '-v', this.name], { stdio: 'ignore', timeout: 10_000 });
    } catch {
      // It is gone already, or its engine is; nobody is left to be told.
    }
  }
}

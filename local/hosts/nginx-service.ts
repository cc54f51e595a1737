import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../setup/run-command.ts';
import { atExit } from './at-exit.ts';
import { type Nginx, portsOf, waitForPorts } from './nginx.ts';
import { nginxConfiguration, type Server } from './nginx-configuration.ts';
import { replaceFile } from './replace-file.ts';

/** Nginx of a root folder as a program of this machine. */
function nginxIn(rootfs: string): string[] {
  const [loader] = globSync('lib*/ld-linux*', { cwd: rootfs });
  if (!loader) throw new Error(`${rootfs} has no dynamic loader; remove .local/ and set up again`);
  const libraries = [
    ...globSync('lib/*-linux-gnu', { cwd: rootfs }),
    ...globSync('usr/lib/*-linux-gnu', { cwd: rootfs }),
  ];
  const path = libraries.map((folder) => join(rootfs, folder)).join(':');
  return [join(rootfs, loader), '--library-path', path, join(rootfs, 'usr/sbin/nginx')];
}

/** Nginx as a service of the host, without a container and without systemd. */
export class NginxService implements Nginx {
  /** The program with the flags that make it use this configuration. */
  readonly command: string[];
  readonly configurationFile: string;
  readonly #dir: string;
  #process: ChildProcess | undefined;
  #ports: number[] = [];
  #callOff = () => {};

  /** `rootfs` is the folder that containers run from; its Nginx brings its own loader and libraries. */
  constructor(dir: string, rootfs: string) {
    this.#dir = join(dir, 'nginx');
    this.configurationFile = join(this.#dir, 'nginx.conf');
    this.command = [...nginxIn(rootfs), '-c', this.configurationFile, '-e', 'stderr'];
  }

  async configure(servers: Server[]): Promise<void> {
    this.#ports = portsOf(servers);
    await this.writeConfiguration(nginxConfiguration(servers, this.#dir));
  }

  async writeConfiguration(text: string): Promise<() => Promise<void>> {
    return replaceFile(this.configurationFile, text);
  }

  async start(): Promise<void> {
    const [program = '', ...flags] = this.command;
    this.#callOff = atExit(() => this.#process?.kill('SIGTERM'));
    this.#process = spawn(program, flags, { stdio: 'ignore' });
    await once(this.#process, 'spawn');
    await waitForPorts(this.#ports);
  }

  async reload(): Promise<void> {
    const [program = '', ...flags] = this.command;
    await runCommand(program, [...flags, '-s', 'reload']);
  }

  async stop(): Promise<void> {
    this.#callOff();
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exited;
  }
}

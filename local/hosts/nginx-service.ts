import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../setup/find-program.ts';
import { runCommand } from '../setup/run-command.ts';
import { atExit } from './at-exit.ts';
import type { Nginx } from './nginx.ts';
import { nginxConfiguration, type Server } from './nginx-configuration.ts';

/** Nginx as a service of the host, without a container and without systemd. */
export class NginxService implements Nginx {
  /** The program with the flags that make it use this configuration. */
  readonly command: string[];
  readonly #dir: string;
  #process: ChildProcess | undefined;
  #callOff = () => {};

  constructor(dir: string) {
    this.#dir = join(dir, 'nginx');
    this.command = [findProgram('nginx') ?? 'nginx', '-c', join(this.#dir, 'nginx.conf')];
  }

  async configure(servers: Server[]): Promise<void> {
    await this.writeConfiguration(nginxConfiguration(servers, this.#dir));
  }

  async writeConfiguration(text: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    await writeFile(join(this.#dir, 'nginx.conf'), text);
  }

  async start(): Promise<void> {
    const [program = '', ...flags] = this.command;
    this.#callOff = atExit(() => this.#process?.kill('SIGTERM'));
    this.#process = spawn(program, flags, { stdio: 'ignore' });
    await once(this.#process, 'spawn');
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

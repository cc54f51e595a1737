import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Nginx } from './nginx.ts';
import { runScript, type ScriptResult } from './run-script.ts';
import type { Turns } from './turns.ts';

export interface HostFacts {
  /** `i-…` for an instance, `mi-…` for a host outside EC2 */
  id: string;
  tags: Record<string, string>;
  /** where all that belongs to this host is kept */
  folder: string;
  /** the environment its programs run with */
  env: Record<string, string>;
  /** where its Nginx listens for TLS on the loopback address; what the document calls port 443 */
  tlsPort: number;
  /** where it answers without TLS; what the document knows nothing of */
  httpPort: number;
  nginx: Nginx;
  /**
   * Of the hosts that share the Nginx. It reads the certificates of all of them, and key and certificate one after the other:
   * were it tested while another host swaps its link, it would find a pair that does not match.
   */
  turns?: Turns | undefined;
  /** of a user who is not root: what makes a program root of his containers' namespace */
  enter?: string[] | undefined;
}

export interface CommandRun {
  script: string;
  /** what the SSM agent adds to the environment */
  env: Record<string, string>;
  limitMs: number;
  signal?: AbortSignal;
}

/** A host of the fleet: a folder, an Nginx, and an SSM agent that may be offline. */
export class Host {
  readonly id: string;
  readonly tags: Record<string, string>;
  readonly tlsPort: number;
  readonly httpPort: number;
  readonly nginx: Nginx;
  /** Whether its agent takes commands now. */
  online: boolean;
  /** What its SSM agent says it is; an older one than `3.3.2746.0` gives scripts no parameters in the environment. */
  agentVersion = '3.3.3572.0';
  /** Shell commands that run before each script in its private view of the machine, to break something. */
  prepare: string | undefined;
  readonly #facts: HostFacts;
  #runs = 0;

  constructor(facts: HostFacts, online: boolean) {
    this.id = facts.id;
    this.tags = facts.tags;
    this.tlsPort = facts.tlsPort;
    this.httpPort = facts.httpPort;
    this.nginx = facts.nginx;
    this.online = online;
    this.#facts = facts;
  }

  /** The certbot folder; a script on this host sees it as /mnt/letsencrypt. */
  get root(): string {
    return join(this.#facts.folder, 'mnt/letsencrypt');
  }

  /** What its scripts keep in /var/lib/perennial. */
  get state(): string {
    return join(this.#facts.folder, 'state');
  }

  /** Programs that come first on its PATH, as /usr/local/sbin. */
  get bin(): string {
    return join(this.#facts.folder, 'bin');
  }

  /** Runs a document's script as the SSM agent does. */
  run(command: CommandRun): Promise<ScriptResult> {
    const { turns } = this.#facts;
    return turns ? turns.take(() => this.#runNow(command)) : this.#runNow(command);
  }

  async #runNow(command: CommandRun): Promise<ScriptResult> {
    const { folder, env, enter } = this.#facts;
    this.#runs += 1;
    const work = join(folder, 'runs', String(this.#runs));
    for (const made of [join(work, 'tmp'), join(work, 'lib'), this.state, this.bin])
      await mkdir(made, { recursive: true });
    try {
      const script = join(work, '_script.sh');
      await writeFile(script, command.script, { mode: 0o700 });
      return await runScript({
        script,
        mnt: join(folder, 'mnt'),
        own: { bin: this.bin, state: this.state },
        env: { ...env, TMPDIR: join(work, 'tmp'), ...command.env },
        limitMs: command.limitMs,
        signal: command.signal,
        prepare: this.prepare,
        enter,
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepBundles } from '../../../local/bundles/environment.ts';
import { WITHOUT_COLLECTING } from '../../../local/deploy.ts';
import { ensureSetup } from '../../../local/setup.ts';

const PROJECT = join(import.meta.dirname, '../../..');
/** What a fresh clone has not. */
const NOT_CLONED = ['node_modules', '.local', '.git', '.serverless', '.esbuild', 'coverage'];
const START_LIMIT_MS = 240_000;
const FOLLOW_LIMIT_MS = 60_000;
const COMMAND_LIMIT_MS = 380_000;
/** What npx finds in a clone; npm itself needs most of a second of a processor for that. */
const QUICK_NPX = `#!/bin/sh
PATH=$PWD/node_modules/.bin:$PATH
export PATH
[ "$1" != --no-install ] || shift
program=$1
shift
[ "$program" != perennial-tls ] || exec node cli/perennial.mjs "$@"
exec "node_modules/.bin/$program" "$@"
`;

export interface Ended {
  status: number;
  /** Standard output and standard error. */
  output: string;
}

/** Somebody with a fresh clone, `npm run local` in one terminal and a shell in another. */
export class Newcomer {
  /** The clone. */
  readonly folder: string;
  /** Everything that `npm run local` printed. */
  printed = '';
  readonly #temporary: string;
  readonly #local: ChildProcess;
  readonly #env: NodeJS.ProcessEnv;
  /** What was exported in the second terminal. */
  #exports = '. .local/env';

  private constructor(temporary: string, path: readonly string[]) {
    this.#temporary = temporary;
    this.folder = join(temporary, 'perennial');
    this.#env = plainEnvironment(temporary, path);
    // A group of its own, as a terminal makes it: Ctrl-C reaches all of it.
    this.#local = spawn('npm', ['run', 'local'], {
      cwd: this.folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const keep = (text: string) => {
      this.printed += text;
    };
    this.#local.stdout?.setEncoding('utf8').on('data', keep);
    this.#local.stderr?.setEncoding('utf8').on('data', keep);
  }

  /** Resolves when the project is deployed. Folders of `path` come last on the PATH. */
  static async start({ path }: { path: readonly string[] }): Promise<Newcomer> {
    const temporary = await mkdtemp(join(tmpdir(), 'perennial-'));
    await clone(join(temporary, 'perennial'));
    await mkdir(join(temporary, 'quick'));
    await writeFile(join(temporary, 'quick/npx'), QUICK_NPX, { mode: 0o755 });
    const newcomer = new Newcomer(temporary, path);
    try {
      await newcomer.nextPrinted(/Ctrl-C stops everything/, START_LIMIT_MS);
      return newcomer;
    } catch (error) {
      await newcomer.stop();
      throw error;
    }
  }

  /** Resolves when `npm run local` prints this, from now on. */
  async nextPrinted(pattern: RegExp, limitMs = FOLLOW_LIMIT_MS): Promise<void> {
    const before = this.printed.length;
    const deadline = performance.now() + limitMs;
    while (!pattern.test(this.printed.slice(before))) {
      if (this.#local.exitCode !== null || performance.now() > deadline)
        throw new Error(`npm run local did not print ${pattern} but\n${this.printed.slice(before)}`);
      await sleep(100);
    }
  }

  /**
   * Runs a line in the second terminal, after `. .local/env`; what the docs have in /tmp is in a folder of its own. Where it is
   * not npx that is tried, something quicker stands for it.
   */
  async run(command: string, { quickNpx = false } = {}): Promise<Ended> {
    // His packages are this checkout's own.
    if (/\bnpm (ci|i|install|update|prune|uninstall)\b/.test(command))
      throw new Error(
        `"${command}" would change the packages that the tests run with: list it in run-elsewhere.ts`,
      );
    const line = command.replaceAll(/(?<![\w/])\/tmp\//g, `${this.#temporary}/`);
    if (command.startsWith('export ')) this.#exports += `\n${line}`;
    const { status, output } = await this.#shell(
      quickNpx ? `PATH=${this.#temporary}/quick:$PATH\n${line}` : line,
    );
    return { status, output: output.replaceAll(`${this.#temporary}/`, '/tmp/') };
  }

  #shell(command: string): Promise<Ended> {
    const env = { ...this.#env, ...WITHOUT_COLLECTING, ...keepBundles(PROJECT, this.#env) };
    const options = { cwd: this.folder, env, timeout: COMMAND_LIMIT_MS, maxBuffer: 64 << 20 };
    return new Promise((resolve) => {
      const child = execFile(
        'bash',
        ['-c', `${this.#exports}\n${command}`],
        options,
        (error, stdout, stderr) =>
          resolve({ status: error ? Number(error.code ?? 255) : 0, output: `${stdout}${stderr}` }),
      );
      child.stdin?.end();
    });
  }

  async stop(): Promise<void> {
    if (this.#local.exitCode === null && this.#local.pid) {
      const exited = once(this.#local, 'exit');
      process.kill(-this.#local.pid, 'SIGINT');
      await exited;
    }
    await rm(this.#temporary, { recursive: true, force: true });
  }
}

/** A copy of this project with what `npm install` and the set-up put there, and the three parameters that have no default. */
async function clone(folder: string): Promise<void> {
  await ensureSetup();
  await cp(PROJECT, folder, {
    recursive: true,
    filter: (source) => !NOT_CLONED.includes(basename(source)) || source === PROJECT,
  });
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, '.local'));
  await symlink(join(PROJECT, '.local/setup.json'), join(folder, '.local/setup.json'));
  const example = await readFile(join(folder, 'settings.example.yml'), 'utf8');
  const settings = example.replace(/# (contact: you|agreeToTerms: true|domains: \[)/g, '$1');
  await writeFile(join(folder, 'settings.yml'), settings);
}

/** Of a shell that no test runner started. */
function plainEnvironment(temporary: string, path: readonly string[]): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VITEST|PERENNIAL_SETTINGS$|NODE_ENV$|FORCE_COLOR$|npm_|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/.test(
        name,
      ),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [process.env.PATH, ...path].join(delimiter),
    XDG_CACHE_HOME: join(temporary, 'cache'),
    // Most of what a command takes is Node compiling serverless, whose files are those of this checkout.
    NODE_COMPILE_CACHE: join(PROJECT, '.local/compile-cache'),
    KEPT_BUNDLES: join(PROJECT, '.local/bundles'),
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    SLS_AWS_MONITORING_FREQUENCY: '100',
  };
}

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptInstall } from './setup/apt.ts';
import { type ContainerCommand, findContainerCommand, isContainerCommandThere } from './setup/container.ts';
import { findProgram } from './setup/find-program.ts';
import { holdLock } from './setup/hold-lock.ts';
import { nginxRootfsPart } from './setup/nginx-rootfs.ts';
import type { Part } from './setup/part.ts';
import { pebblePart } from './setup/pebble.ts';
import { pythonPart } from './setup/python.ts';
import { SetupError } from './setup/setup-error.ts';

/** Where the local cloud's programs are; all paths are absolute. */
export interface Setup {
  /** The folder with `aws`, `cfn-lint` and `python` (with moto). */
  venvBin: string;
  pebble: string;
  /** A root folder with Nginx at /usr/sbin/nginx, and a shell. */
  nginxRootfs: string;
  container: ContainerCommand;
}

/** What was installed last: the version of each part, and the container command found. */
interface Stamp {
  parts: Record<string, string>;
  container?: ContainerCommand;
}

const home = homeOf(join(import.meta.dirname, '../.local/setup.json'));
const stampFile = join(home, 'setup.json');
const parts = [pythonPart(home), pebblePart(home), nginxRootfsPart(home)];

/**
 * Makes sure that everything the local cloud runs on is in `.local/`, in the pinned versions, and returns where.
 * Does nothing when it is; waits when another process is at it. Throws SetupError with one line for what is missing.
 */
export async function ensureSetup(say: (line: string) => void = () => {}): Promise<Setup> {
  return findSetup() ?? (await install(say));
}

async function install(say: (line: string) => void): Promise<Setup> {
  await mkdir(home, { recursive: true });
  return holdLock(home, async () => {
    await ensureOpenssl(say);
    for (const part of parts) {
      if (isInstalled(part, readStamp())) continue;
      say(`installing ${part.title}`);
      await part.install();
      const stamp = readStamp();
      await writeStamp({ ...stamp, parts: { ...stamp.parts, [part.name]: part.version } });
    }
    if (!findSetup()) await writeStamp({ ...readStamp(), container: await findContainerCommand(say) });
    const setup = findSetup();
    if (!setup)
      throw new SetupError(`the set-up in ${home} is not complete: remove that folder and try again`);
    return setup;
  });
}

/** The folder of the stamp; a link leads to the set-up of another clone. */
function homeOf(stamp: string): string {
  return dirname(existsSync(stamp) ? realpathSync(stamp) : stamp);
}

/** What `ensureSetup` returns, where nothing has to be installed. */
export function findSetup(): Setup | undefined {
  const stamp = readStamp();
  if (!parts.every((part) => isInstalled(part, stamp))) return undefined;
  if (!stamp.container || !isContainerCommandThere(stamp.container)) return undefined;
  return {
    venvBin: join(home, 'venv/bin'),
    pebble: join(home, 'bin/pebble'),
    nginxRootfs: join(home, 'nginx-rootfs'),
    container: stamp.container,
  };
}

function isInstalled(part: Part, stamp: Stamp): boolean {
  return stamp.parts[part.name] === part.version && part.files.every((file) => existsSync(file));
}

async function ensureOpenssl(say: (line: string) => void): Promise<void> {
  if (findProgram('openssl')) return;
  say('installing openssl');
  await aptInstall(['openssl']).catch((cause: Error) => {
    throw new SetupError(`openssl is missing: install it (${cause.message})`, { cause });
  });
}

function readStamp(): Stamp {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')) as Stamp;
  } catch {
    return { parts: {} };
  }
}

async function writeStamp(stamp: Stamp): Promise<void> {
  await writeFile(`${stampFile}.new`, `${JSON.stringify(stamp, null, 2)}\n`);
  await rename(`${stampFile}.new`, stampFile);
}

if (import.meta.main) {
  const started = performance.now();
  try {
    const { container } = await ensureSetup((line) => console.log(`set-up: ${line}`));
    console.log(
      `set-up: complete in .local/, containers by ${container.kind} (${Math.round(performance.now() - started)} ms)`,
    );
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`set-up: ${error.message}`);
    process.exitCode = 1;
  }
}

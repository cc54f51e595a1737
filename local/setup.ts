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
import { lookAround } from './setup/prerequisites/look-around.ts';
import { refuseMissing } from './setup/prerequisites/missing-table.ts';
import { pythonPart } from './setup/python.ts';
import { SetupError } from './setup/setup-error.ts';

/** Where the local cloud's programs are; all paths are absolute. */
export interface Programs {
  /** The folder with `aws`, `cfn-lint` and `python` (with moto). */
  venvBin: string;
  pebble: string;
}

/** With what hosts run on. */
export interface Setup extends Programs {
  /** A root folder with Nginx at /usr/sbin/nginx, and a shell. */
  nginxRootfs: string;
  container: ContainerCommand;
}

/** What was installed last: the version of each part, and what was found: a Pebble, and a user's container command. */
interface Stamp {
  parts: Record<string, string>;
  pebble?: string | undefined;
  container?: ContainerCommand;
  /** Whose the container command is. */
  uid?: number | undefined;
}

const home = homeOf(join(import.meta.dirname, '../.local/setup.json'));
const stampFile = join(home, 'setup.json');
const pebble = pebblePart(home);
const rootfs = nginxRootfsPart(home);
const parts = [pythonPart(home), pebble, rootfs];

/** What this process found. */
let engine: Pick<Stamp, 'container' | 'uid'> = {};

type Say = (line: string) => void;

/**
 * Makes sure that everything the local cloud runs on is in `.local/`, in the pinned versions, and returns where.
 * Does nothing when it is; waits when another process is at it. Throws MissingError for what has to be there before, all of it
 * at once and before anything is installed, and SetupError with one line for what goes wrong.
 */
export async function ensureSetup(say: Say = () => {}): Promise<Setup> {
  return findSetup() ?? (await install(say, { hosts: true }, findSetup));
}

/** The same without what only hosts need: no container engine, no Nginx. */
export async function ensurePrograms(say: Say = () => {}): Promise<Programs> {
  return findPrograms() ?? (await install(say, { hosts: false }, findPrograms));
}

async function install<Found>(
  say: Say,
  { hosts }: { hosts: boolean },
  find: () => Found | undefined,
): Promise<Found> {
  const installed = parts.filter((part) => isInstalled(part, readStamp())).map(({ name }) => name);
  const facts = await lookAround(new Set(installed), { hosts });
  refuseMissing(facts);
  await mkdir(home, { recursive: true });
  return holdLock(home, async () => {
    await ensureOpenssl(say);
    const isThere = facts.pebbleVariable !== undefined || facts.hasPebble;
    if (isThere) await writeStamp({ ...readStamp(), pebble: findProgram('pebble') });
    for (const part of parts) {
      const isLeftOut = (part === pebble && isThere) || (part === rootfs && !hosts);
      if (isLeftOut || isInstalled(part, readStamp())) continue;
      say(`installing ${part.title}`);
      await part.install();
      const stamp = readStamp();
      await writeStamp({ ...stamp, parts: { ...stamp.parts, [part.name]: part.version } });
    }
    if (hosts && !find()) {
      engine = { container: await findContainerCommand(say), uid: process.getuid?.() };
      // The set-up may be another user's.
      await writeStamp({ ...readStamp(), ...engine }).catch(() => undefined);
    }
    const setup = find();
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
  const programs = findPrograms();
  const { container, uid = 0, ...stamp } = { ...readStamp(), ...engine };
  if (!programs || !container || !isInstalled(rootfs, stamp)) return undefined;
  if (uid !== process.getuid?.() || !isContainerCommandThere(container)) return undefined;
  return { ...programs, nginxRootfs: join(home, 'nginx-rootfs'), container };
}

/** What `ensurePrograms` returns, where nothing has to be installed. */
function findPrograms(): Programs | undefined {
  const stamp = readStamp();
  const program = pebbleOf(stamp);
  if (program === undefined || !parts.every((part) => isOfHostsOrCa(part) || isInstalled(part, stamp)))
    return undefined;
  return { venvBin: join(home, 'venv/bin'), pebble: program };
}

const isOfHostsOrCa = (part: Part) => part === rootfs || part === pebble;

/** That of the variable PEBBLE, the pinned one in .local/, or one that was found on the PATH. */
function pebbleOf(stamp: Stamp): string | undefined {
  if (process.env.PEBBLE) return findProgram(process.env.PEBBLE);
  if (isInstalled(pebble, stamp)) return join(home, 'bin/pebble');
  return stamp.pebble !== undefined && existsSync(stamp.pebble) ? stamp.pebble : undefined;
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

import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dockerAnswers, whyRootlessFails } from '../container.ts';
import { findProgram } from '../find-program.ts';
import { isPebble } from '../pebble.ts';
import { runCommand } from '../run-command.ts';
import { type MachineFacts, PROGRAMS } from './facts.ts';

const LOOK_LIMIT_MS = 20_000;

/** Looks at all that the set-up needs; installs nothing. */
export async function lookAround(
  installed: ReadonlySet<string>,
  { hosts }: { hosts: boolean },
): Promise<MachineFacts> {
  const isRoot = process.getuid?.() === 0;
  const variable = process.env.PEBBLE || undefined;
  const pebble = findProgram('pebble');
  const hasDocker = hosts && (await dockerAnswers());
  const asksPodman = hosts && !isRoot && !hasDocker && findProgram('podman') !== undefined;
  return {
    platform: process.platform,
    distribution: await readDistribution(),
    isRoot,
    withHosts: hosts,
    installed,
    python: installed.has('python') ? undefined : await lookAtPython(),
    pebbleVariable: variable ? { value: variable, isPebble: await isPebble(variable) } : undefined,
    hasPebble: pebble !== undefined && (await isPebble(pebble)),
    go: await lookAtGo(),
    found: new Set(PROGRAMS.filter((program) => findProgram(program) !== undefined)),
    dockerAnswers: hasDocker,
    subordinateIds: await countSubordinateIds(),
    rootlessFailure: asksPodman ? await whyRootlessFails() : undefined,
    userNamespaces:
      isRoot || !hosts || (await said('unshare', '--map-root-user', '--mount', 'true')) !== undefined,
  };
}

/** What a program printed; undefined where it is not there or failed. */
async function said(program: string, ...args: string[]): Promise<string | undefined> {
  const path = findProgram(program);
  if (!path) return undefined;
  return runCommand(path, args, { limitMs: LOOK_LIMIT_MS }).catch(() => undefined);
}

async function readDistribution(): Promise<MachineFacts['distribution']> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const member = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return {
    ids: `${member('ID')} ${member('ID_LIKE')}`.split(' ').filter(Boolean),
    version: member('VERSION_ID'),
  };
}

async function lookAtPython(): Promise<MachineFacts['python']> {
  const version = versionIn(await said('python3', '--version'));
  return (
    version && { version, hasVenv: (await said('python3', '-c', 'import venv, ensurepip')) !== undefined }
  );
}

async function lookAtGo(): Promise<MachineFacts['go']> {
  const version = versionIn(await said('go', 'env', 'GOVERSION'));
  // From 1.21 on; Debian's packages switch it off.
  return version && { version, fetchesNewer: /^auto/.test((await said('go', 'env', 'GOTOOLCHAIN')) ?? '') };
}

function versionIn(text = ''): readonly [number, number] | undefined {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return major && minor ? [Number(major), Number(minor)] : undefined;
}

/** By subuid(5): `name:first:count`, or the user's number in the place of the name. */
async function countSubordinateIds(): Promise<number> {
  const text = await readFile('/etc/subuid', 'utf8').catch(() => '');
  const { uid, username } = nameOfUser();
  const rows = text.split('\n').map((line) => line.split(':'));
  const own = rows.filter(([name]) => name === username || name === String(uid));
  return own.reduce((sum, [, , count]) => sum + Number(count), 0);
}

/** A user without a line in passwd(5) has no name, as in some containers. */
function nameOfUser(): { uid: number; username: string | undefined } {
  try {
    return userInfo();
  } catch {
    return { uid: process.getuid?.() ?? -1, username: undefined };
  }
}

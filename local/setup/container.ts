import { tmpdir } from 'node:os';
import { aptInstall } from './apt.ts';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

/** How containers are run here: the program with the flags that go before the subcommand. */
export interface ContainerCommand {
  kind: 'docker' | 'podman';
  command: string[];
  /**
   * Of a user who is not root: what goes before a program that is to be root of the namespace in which his containers are, and
   * how containers are run from in there.
   */
  rootless?: { enter: string[]; command: string[] };
}

/** For Go's runtime: engines run for a moment, of which collecting garbage and threads that wait for work are a fifth. */
export const ENGINE_ENVIRONMENT = { GOGC: 'off', GOMAXPROCS: '1' };

const isRoot = () => process.getuid?.() === 0;

/** Docker where a daemon answers, else podman, installed from the distribution when that is possible. Throws SetupError. */
export async function findContainerCommand(say: (line: string) => void): Promise<ContainerCommand> {
  if (await dockerAnswers()) return { kind: 'docker', command: ['docker'] };
  if (!hasPodman()) {
    say('installing podman and runc');
    await aptInstall(['podman', 'runc']).catch((cause: Error) => {
      throw new SetupError(
        `no docker daemon answers and podman is missing: start docker, or install podman and runc (${cause.message})`,
        { cause },
      );
    });
  }
  if (!isRoot()) return rootlessPodman();
  // crun needs a cgroup that it may write, and systemd is not there in a container or a CI job.
  return { kind: 'podman', command: ['podman', '--runtime', 'runc', '--cgroup-manager', 'cgroupfs'] };
}

/**
 * Without root: the engine's own files are found by these variables, some of which a host's script has of its own; and only in
 * the namespace that podman keeps for the user does that script see his containers.
 */
function rootlessPodman(): Required<ContainerCommand> {
  const set = ['HOME', 'XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME'].flatMap((name) =>
    process.env[name] ? [`${name}=${process.env[name]}`] : [],
  );
  const own = [...set, `TMPDIR=${tmpdir()}`];
  const runtime = findProgram('crun') ? [] : ['--runtime', 'runc'];
  // By its path: a host has a podman of its own on the PATH, which runs this.
  const podman = [findProgram('podman') ?? 'podman', ...runtime, '--cgroup-manager', 'cgroupfs'];
  // By these podman knows that it is in the namespace already; a host's script hands on no variable.
  const entered = [
    '_CONTAINERS_USERNS_CONFIGURED=done',
    `_CONTAINERS_ROOTLESS_UID=${process.getuid?.()}`,
    `_CONTAINERS_ROOTLESS_GID=${process.getgid?.()}`,
  ];
  const command = ['env', ...own, ...podman];
  return {
    kind: 'podman',
    command,
    rootless: { enter: [...command, 'unshare'], command: ['env', ...own, ...entered, ...podman] },
  };
}

/** Why podman does not run for this user, who is not root, in its own last words; nothing where it does. */
export async function whyRootlessFails(): Promise<string | undefined> {
  const [program = '', ...args] = rootlessPodman().rootless.enter;
  const tried = runCommand(program, [...args, 'true'], { limitMs: 20_000 });
  return tried.then(
    () => undefined,
    (error: Error) => lastWords(error.message),
  );
}

/** Podman says `why` or `Error: why` at the end, or has `level=error msg="why"` of its log there. */
function lastWords(message: string): string {
  const line = message.trim().split('\n').at(-1) ?? '';
  return /(?:Error: |level=error msg="|failed \(\w+\): )(.*?)"?$/.exec(line)?.[1] ?? line;
}

/** Whether what was found before is still on this machine; asks no daemon. */
export function isContainerCommandThere({ kind }: ContainerCommand): boolean {
  return findProgram(kind) !== undefined;
}

export async function dockerAnswers(): Promise<boolean> {
  if (!findProgram('docker')) return false;
  return runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { limitMs: 10_000 }).then(
    (version) => version.trim() !== '',
    () => false,
  );
}

function hasPodman(): boolean {
  return findProgram('podman') !== undefined && (!isRoot() || findProgram('runc') !== undefined);
}

import { aptInstall } from './apt.ts';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

/** How containers are run here: the program with the flags that go before the subcommand. */
export interface ContainerCommand {
  kind: 'docker' | 'podman';
  command: string[];
}

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
  if (!isRoot()) return { kind: 'podman', command: ['podman'] };
  // crun needs a cgroup that it may write, and systemd is not there in a container or a CI job.
  return { kind: 'podman', command: ['podman', '--runtime', 'runc', '--cgroup-manager', 'cgroupfs'] };
}

/** Whether what was found before is still on this machine; asks no daemon. */
export function isContainerCommandThere({ command: [program = ''] }: ContainerCommand): boolean {
  return findProgram(program) !== undefined;
}

async function dockerAnswers(): Promise<boolean> {
  if (!findProgram('docker')) return false;
  return runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { limitMs: 10_000 }).then(
    (version) => version.trim() !== '',
    () => false,
  );
}

function hasPodman(): boolean {
  return findProgram('podman') !== undefined && (!isRoot() || findProgram('runc') !== undefined);
}

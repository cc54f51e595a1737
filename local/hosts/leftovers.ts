import { type ContainerCommand, ENGINE_ENVIRONMENT } from '../setup/container.ts';
import { runCommand } from '../setup/run-command.ts';

/** The containers of this process have its id in their names, so that a later process can tell which were left behind. */
export const containerPrefix = (pid: number | string) => `perennial-${pid}-`;

/** Removes the containers of processes that ended without doing so, killed for instance. */
export async function removeLeftovers({ command }: ContainerCommand): Promise<void> {
  const [program = '', ...flags] = command;
  const listing = ['ps', '-a', '--filter', 'name=^perennial-', '--format', '{{.Names}}'];
  const names = (await runCommand(program, [...flags, ...listing], { env: ENGINE_ENVIRONMENT })).split('\n');
  const left = names.filter((name) => {
    const pid = /^perennial-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  if (left.length > 0)
    await runCommand(program, [...flags, 'rm', '-f', '-v', ...left]).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { readdirSync, readFileSync } from 'node:fs';

/**
 * Kills every process of a session, whose id is the process id of its leader (a child that was spawned
 * `detached`). A process group is not enough: `timeout` and shells with job control make groups of their own.
 */
export function killSession(session: number): void {
  for (const pid of processesOf(session)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function processesOf(session: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && sessionOf(pid) === session);
}

/** The sixth field of proc(5)'s stat; the second is a name in parentheses that may hold spaces. */
function sessionOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
  } catch {
    return undefined;
  }
}

import { readdirSync, readFileSync } from 'node:fs';

/** The clock ticks of /proc are a hundredth of a second on every Linux that Node runs on (sysconf(_SC_CLK_TCK)). */
const MS_PER_TICK = 10;

/** Milliseconds of CPU that the running processes of functions have used since their start, by process. */
export function cpuOfFunctions(functions: readonly string[]): Map<string, number> {
  const used = new Map<string, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const name = /AWS_LAMBDA_FUNCTION_NAME=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'));
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [, parent, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== process.pid || !functions.some((end) => name?.[1]?.endsWith(`-${end}`)))
        continue;
      used.set(pid, (Number(fields[9]) + Number(fields[10])) * MS_PER_TICK);
    } catch {
      // It has ended meanwhile.
    }
  }
  return used;
}

/** What was used between two looks, by processes that were there at the second. */
export function usedBetween(before: Map<string, number>, after: Map<string, number>): number {
  return [...after].reduce((total, [pid, used]) => total + used - (before.get(pid) ?? 0), 0);
}

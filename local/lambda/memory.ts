import { readFileSync } from 'node:fs';

const KB_PER_MB = 1024;

/**
 * Resident memory of a process in MB, now and at its peak. Zero where there is no /proc: memory
 * limits are then not enforced. (getrusage's ru_maxrss will not do: it starts from the parent's.)
 */
export function residentMemory(pid: number | undefined): { nowMb: number; peakMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return { nowMb: megabytes(status, 'VmRSS'), peakMb: megabytes(status, 'VmHWM') };
  } catch {
    return { nowMb: 0, peakMb: 0 };
  }
}

function megabytes(status: string, field: string): number {
  return Math.ceil(Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / KB_PER_MB);
}

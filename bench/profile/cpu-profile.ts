import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Source: Chrome DevTools Protocol, Profiler.Profile; microseconds of the machine's monotonic clock. */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  startTime: number;
  samples: number[];
  timeDeltas: number[];
}

/** A stretch of time in which the process's main thread did something. */
export interface Busy {
  /** On the clock of `Date.now()`. */
  atMs: number;
  ms: number;
}

/** Of all profiles in a folder, each moment in which the main thread was not idle. */
export async function readBusy(folder: string): Promise<Busy[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile'));
  const profiles = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return profiles.flatMap((text) => busyIn(JSON.parse(text), clockOffsetMs()));
}

export function busyIn({ nodes, startTime, samples, timeDeltas }: CpuProfile, offsetMs: number): Busy[] {
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  let at = startTime;
  return samples.flatMap((node, index) => {
    at += timeDeltas[index] ?? 0;
    // A sample stands for the time until the next one.
    const ms = (timeDeltas[index + 1] ?? 0) / 1000;
    return idle.has(node) || ms <= 0 ? [] : [{ atMs: at / 1000 + offsetMs, ms }];
  });
}

/** From the monotonic clock, which V8's profiles have, to that of `Date.now()`. */
const clockOffsetMs = () =>
  performance.timeOrigin + performance.now() - Number(process.hrtime.bigint()) / 1e6;

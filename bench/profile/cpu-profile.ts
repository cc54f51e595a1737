import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceOf } from './readable-code.ts';
import { type Frame, kindOf } from './work.ts';

/** Source: Chrome DevTools Protocol, Profiler.Profile; microseconds of the machine's monotonic clock. */
interface CpuProfile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[];
  startTime: number;
  samples: number[];
  timeDeltas: number[];
}

/** A stretch of time in which the process's main thread did something. */
export interface Busy {
  /** On the clock of `Date.now()`. */
  atMs: number;
  ms: number;
  /** What kind of work it was. */
  kind: string;
}

/** Of all profiles in a folder, each moment in which the main thread was not idle. */
export async function readBusy(folder: string, sourceOf: SourceOf): Promise<Busy[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile'));
  const profiles = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return profiles.flatMap((text) => busyIn(JSON.parse(text), clockOffsetMs(), sourceOf));
}

export function busyIn(
  { nodes, startTime, samples, timeDeltas }: CpuProfile,
  offsetMs: number,
  sourceOf: SourceOf,
): Busy[] {
  const kinds = kindsOf(nodes, sourceOf);
  let at = startTime;
  return samples.flatMap((node, index) => {
    at += timeDeltas[index] ?? 0;
    // A sample stands for the time until the next one.
    const ms = (timeDeltas[index + 1] ?? 0) / 1000;
    const kind = kinds.get(node);
    return kind === undefined || ms <= 0 ? [] : [{ atMs: at / 1000 + offsetMs, ms, kind }];
  });
}

/** By a node's id; idle ones have none. */
function kindsOf(nodes: CpuProfile['nodes'], sourceOf: SourceOf): Map<number, string> {
  const callers = new Map(nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node] as const)));
  const kindOfNode = (node: CpuProfile['nodes'][number] | undefined): string =>
    node ? (kindOf(node.callFrame, sourceOf) ?? kindOfNode(callers.get(node.id))) : "Node's other modules";
  const busy = nodes.filter(({ callFrame }) => callFrame.functionName !== '(idle)');
  return new Map(busy.map((node) => [node.id, kindOfNode(node)]));
}

/** From the monotonic clock, which V8's profiles have, to that of `Date.now()`. */
const clockOffsetMs = () =>
  performance.timeOrigin + performance.now() - Number(process.hrtime.bigint()) / 1e6;

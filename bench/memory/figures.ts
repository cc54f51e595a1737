import type { InvocationReport } from '../../local/lambda/invocation.ts';
import { spreadOf } from '../median.ts';

/** The functions that the line is made of; the others run when a person asks, or have nothing to do with it. */
export const LINE = ['scan', 'renew', 'deploy', 'confirm', 'notify'] as const;
export type LineFunction = (typeof LINE)[number];

/** Of all invocations of one function in one run; medians, where there were several runs. */
export interface FunctionFigures {
  invocations: number;
  /** Billed, INIT included. */
  wallMs: number;
  cpuMs: number;
  /** How long it was kept from a core because its share was used up. */
  heldBackMs: number;
  gbSeconds: number;
  peakMb: number;
}

/** One run at one size of memory; a function that failed has no figures, but a reason. */
export interface Run {
  /** From the start to the last pointer and to the end of everything; undefined where a function failed. */
  pointerMs: number | undefined;
  functions: Partial<Record<LineFunction, FunctionFigures>>;
  failed: Partial<Record<LineFunction, string>>;
}

export interface Point extends Run {
  memoryMb: number;
}

export interface Load {
  title: string;
  runs: number;
  points: Point[];
}

/** AWS bills INIT as well since August 2025, and rounds up to a millisecond. */
export function addReport(
  so: FunctionFigures | undefined,
  memoryMb: number,
  { durationMs, initDurationMs = 0, maxMemoryMb, cpu }: InvocationReport,
): FunctionFigures {
  const billedMs = Math.ceil(durationMs + initDurationMs);
  return {
    invocations: (so?.invocations ?? 0) + 1,
    wallMs: (so?.wallMs ?? 0) + billedMs,
    cpuMs: (so?.cpuMs ?? 0) + (cpu?.usedMs ?? Number.NaN),
    heldBackMs: (so?.heldBackMs ?? 0) + (cpu?.throttledMs ?? Number.NaN),
    gbSeconds: (so?.gbSeconds ?? 0) + (billedMs / 1000) * (memoryMb / 1024),
    peakMb: Math.max(so?.peakMb ?? 0, maxMemoryMb),
  };
}

/** One point of several runs at one size: medians, and the failure of any. */
export function pointOf(memoryMb: number, runs: readonly Run[]): Point {
  const failed = Object.assign({}, ...runs.map((run) => run.failed)) as Run['failed'];
  const pointers = runs.flatMap(({ pointerMs }) => pointerMs ?? []);
  const functions: Run['functions'] = {};
  for (const name of LINE) {
    const all = runs.flatMap((run) => run.functions[name] ?? []);
    if (all.length === 0 || failed[name] !== undefined) continue;
    const median = (figure: keyof FunctionFigures) => spreadOf(all.map((one) => one[figure])).median;
    functions[name] = {
      invocations: median('invocations'),
      wallMs: median('wallMs'),
      cpuMs: median('cpuMs'),
      heldBackMs: median('heldBackMs'),
      gbSeconds: median('gbSeconds'),
      peakMb: Math.max(...all.map(({ peakMb }) => peakMb)),
    };
  }
  const pointerMs = pointers.length === runs.length ? spreadOf(pointers).median : undefined;
  return { memoryMb, pointerMs, functions, failed };
}

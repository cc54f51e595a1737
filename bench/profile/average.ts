import type { Busy } from './cpu-profile.ts';
import { PHASES, type Phase, phaseAt, type SeenCall, type Slice } from './phases.ts';

/** Of one certificate's renewal. */
export interface PhaseFigures {
  phase: Phase;
  wallMs: number;
  cpuMs: number;
  /** By service: `s3`, `route53`, `acme`, … */
  calls: Record<string, number>;
}

/** Milliseconds of CPU of one certificate's renewal, by kind of work, the most first. */
export type WorkFigures = [kind: string, cpuMs: number][];

/** One run. */
export interface Renewal {
  name: string;
  slices: Slice[];
  endMs: number;
  calls: SeenCall[];
  cpuMs: number;
}

/** Means by kind of work, scaled as by phase. */
export function workOf(renewals: readonly Renewal[], busy: readonly Busy[]): WorkFigures {
  const byKind = new Map<string, number>();
  for (const renewal of renewals)
    for (const { kind, ms } of within(renewal, busy))
      byKind.set(kind, (byKind.get(kind) ?? 0) + ms / renewals.length);
  return [...byKind].sort(([, a], [, b]) => b - a);
}

/** What the main thread did for one renewal, scaled to what the process used of CPU, where that is known. */
function within({ slices, endMs, cpuMs }: Renewal, busy: readonly Busy[]): Busy[] {
  const all = busy.filter(({ atMs }) => atMs <= endMs && phaseAt(slices, atMs) !== undefined);
  const sampled = all.reduce((so, { ms }) => so + ms, 0);
  const scale = Number.isNaN(cpuMs) || sampled === 0 ? 1 : cpuMs / sampled;
  return all.map((one) => ({ ...one, ms: one.ms * scale }));
}

/** Means by phase. */
export function averageOf(renewals: readonly Renewal[], busy: readonly Busy[]): PhaseFigures[] {
  const sum = PHASES.map((phase): PhaseFigures => ({ phase, wallMs: 0, cpuMs: 0, calls: {} }));
  const byPhase = new Map(sum.map((one) => [one.phase, one]));
  const share = 1 / renewals.length;
  const of = (phase: Phase = 'prepare') => byPhase.get(phase) as PhaseFigures;
  for (const renewal of renewals) {
    const { slices, endMs, calls } = renewal;
    for (const [index, { phase, fromMs }] of slices.entries())
      of(phase).wallMs += ((slices[index + 1]?.fromMs ?? endMs) - fromMs) * share;
    for (const { service, atMs } of calls) {
      const counted = of(phaseAt(slices, atMs)).calls;
      counted[service] = (counted[service] ?? 0) + share;
    }
    for (const { atMs, ms } of within(renewal, busy)) of(phaseAt(slices, atMs)).cpuMs += ms * share;
  }
  return sum.filter(({ wallMs }) => wallMs > 0);
}

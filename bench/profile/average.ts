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

/** One run. */
export interface Renewal {
  name: string;
  slices: Slice[];
  endMs: number;
  calls: SeenCall[];
  cpuMs: number;
}

/** Means by phase. The main thread's time is scaled to what the process used of CPU, where that is known. */
export function averageOf(renewals: readonly Renewal[], busy: readonly Busy[]): PhaseFigures[] {
  const sum = PHASES.map((phase): PhaseFigures => ({ phase, wallMs: 0, cpuMs: 0, calls: {} }));
  const byPhase = new Map(sum.map((one) => [one.phase, one]));
  const share = 1 / renewals.length;
  const of = (phase: Phase = 'prepare') => byPhase.get(phase) as PhaseFigures;
  for (const { slices, endMs, calls, cpuMs } of renewals) {
    for (const [index, { phase, fromMs }] of slices.entries())
      of(phase).wallMs += ((slices[index + 1]?.fromMs ?? endMs) - fromMs) * share;
    for (const { service, atMs } of calls) {
      const counted = of(phaseAt(slices, atMs)).calls;
      counted[service] = (counted[service] ?? 0) + share;
    }
    const within = busy.filter(({ atMs }) => atMs <= endMs && phaseAt(slices, atMs) !== undefined);
    const sampled = within.reduce((so, { ms }) => so + ms, 0);
    const scale = Number.isNaN(cpuMs) || sampled === 0 ? 1 : cpuMs / sampled;
    for (const { atMs, ms } of within) of(phaseAt(slices, atMs)).cpuMs += ms * scale * share;
  }
  return sum.filter(({ wallMs }) => wallMs > 0);
}

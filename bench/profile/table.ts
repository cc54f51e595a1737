import Table from 'cli-table3';
import type { PhaseFigures } from './average.ts';
import type { Profile } from './measure.ts';
import { PHASES } from './phases.ts';

const style = { head: [], border: [], compact: true };
const SERVICES = [
  ['s3', 'S3'],
  ['route53', 'Route 53'],
  ['acme', 'CA'],
] as const;

/** Wall time, CPU and calls by phase, warm and cold; then CPU by kind of work; then what is asked of S3, and how often. */
export function profileTable({ cold, warm, warmRuns, work, s3Calls }: Profile): string {
  const head = [
    `renew, one certificate, by phase`,
    `warm, ms (mean of ${warmRuns})`,
    'CPU, ms',
    'S3',
    'Route 53',
    'CA',
    'others',
    'cold, ms',
    'CPU, ms',
  ];
  const table = new Table({ head, style });
  for (const phase of PHASES) {
    const find = (figures: readonly PhaseFigures[]) => figures.find((one) => one.phase === phase);
    if (find(warm) || find(cold))
      table.push([phase, ...timesOf(find(warm)), ...callsIn(find(warm)), ...timesOf(find(cold))]);
  }
  table.push(['all', ...timesOf(sumOf(warm)), ...callsIn(sumOf(warm)), ...timesOf(sumOf(cold))]);
  return [table.toString(), workTable(work), objectTable(s3Calls)].join('\n\n');
}

const timesOf = (one: PhaseFigures | undefined) =>
  one ? [one.wallMs.toFixed(0), one.cpuMs.toFixed(0)] : ['', ''];

function callsIn(one: PhaseFigures | undefined): string[] {
  if (!one) return ['', '', '', ''];
  const known: string[] = SERVICES.map(([service]) => service);
  const others = Object.entries(one.calls).filter(([service]) => !known.includes(service));
  const counts = [
    ...known.map((service) => one.calls[service] ?? 0),
    others.reduce((so, [, count]) => so + count, 0),
  ];
  return counts.map((count) => (count === 0 ? '' : String(Number(count.toFixed(1)))));
}

function sumOf(figures: readonly PhaseFigures[]): PhaseFigures {
  const calls: Record<string, number> = {};
  for (const one of figures)
    for (const [service, count] of Object.entries(one.calls)) calls[service] = (calls[service] ?? 0) + count;
  const sum = (figure: 'wallMs' | 'cpuMs') => figures.reduce((so, one) => so + one[figure], 0);
  return { phase: 'end', wallMs: sum('wallMs'), cpuMs: sum('cpuMs'), calls };
}

function workTable(work: Profile['work']): string {
  const all = work.reduce((so, [, ms]) => so + ms, 0);
  const table = new Table({ head: ["renew's CPU for one certificate, warm", 'ms', '%'], style });
  for (const [kind, ms] of work) table.push([kind, ms.toFixed(1), ((ms / all) * 100).toFixed(0)]);
  return table.toString();
}

function objectTable(s3Calls: Profile['s3Calls']): string {
  const table = new Table({ head: ['what one renewal asks of S3, warm', 'phase', 'calls'], style });
  const counts = new Map<string, number>();
  for (const { phase, action, key } of s3Calls) {
    const row = JSON.stringify([`${action} ${key}`, phase]);
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  for (const [row, count] of counts) table.push([...JSON.parse(row), count]);
  table.push(['all', '', s3Calls.length]);
  return table.toString();
}

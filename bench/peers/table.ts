import Table from 'cli-table3';
import type { Case, Comparison, Figures } from './compare.ts';
import { isMissing } from './participant.ts';
import { type Over, type Ratio, ratiosOf } from './ratios.ts';

type Figure = Exclude<keyof Figures, 'measuredOn'>;
const COLUMNS: [Figure, string, number, number][] = [
  ['wallMs', 'wall time, s', 1000, 2],
  ['cpuMs', 'CPU, s', 1000, 2],
  ['peakMb', 'peak MB', 1, 0],
  ['caRequests', 'CA requests', 1, 0],
  ['route53Calls', 'Route 53 calls', 1, 0],
];

/** Medians, a table for each case; then the ratios with their aims. An entrant that is missing keeps its empty row. */
export function comparisonTable(comparison: Comparison): string {
  const missing = comparison.entrants.flatMap((one) =>
    isMissing(one) ? [`${one.title} is missing: ${one.why}`] : [],
  );
  const tables = comparison.cases.map((one) => caseTable(one, comparison.entrants));
  return [...missing, ...tables, ratioTable(ratiosOf(comparison))].join('\n\n');
}

const caseTitle = ({ certificates, propagationMs }: Pick<Case, 'certificates' | 'propagationMs'>) =>
  `${certificates} × ${propagationMs / 1000} s`;

function caseTable(one: Case, entrants: Comparison['entrants']): string {
  const head = [
    `${caseTitle(one)}, ${one.runs === 1 ? 'one run' : `${one.runs} runs`}`,
    ...COLUMNS.map(([, label]) => label),
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const entrant of entrants) {
    const figures = one.figures[entrant.id];
    if (!figures && !isMissing(entrant)) continue;
    const cells = COLUMNS.map(([figure, , unit, digits]) => {
      const spread = figures?.[figure];
      return spread ? (spread.median / unit).toFixed(digits) : '';
    });
    const version = isMissing(entrant) || entrant.kind !== 'peer' ? '' : ` ${entrant.version}`;
    table.push([`${entrant.title}${version}${figures?.measuredOn ? ' *' : ''}`, ...cells]);
  }
  const scaled = one.measuredOn ? `\n* measured on ${one.measuredOn}, times and counts scaled` : '';
  return table.toString() + scaled;
}

function ratioTable(ratios: readonly Ratio[]): string {
  const head = ['wall time over', 'the fastest peer', '', 'aim', 'the floor', 'aim'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { of, peer, floor, ...one } of ratios)
    table.push([
      `${caseTitle(one)}, ${of}`,
      peer?.id,
      peer?.ratio.toFixed(4),
      verdict(peer),
      floor?.ratio.toFixed(2),
      verdict(floor),
    ]);
  return table.toString();
}

function verdict(over: Over | undefined): string {
  if (over?.aim === undefined) return '';
  const { ratio, aim } = over;
  return `${aim}, ${ratio <= aim ? 'met' : `missed by ${((ratio / aim - 1) * 100).toFixed(0)} %`}`;
}

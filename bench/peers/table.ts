import Table from 'cli-table3';
import type { Case, Comparison, Figures } from './compare.ts';
import { isMissing } from './participant.ts';
import { type Ratio, ratiosOf } from './ratios.ts';

type Figure = Exclude<keyof Figures, 'measuredOn'>;
const ROWS: [Figure, string, number, number][] = [
  ['wallMs', 'wall time, s', 1000, 2],
  ['cpuMs', 'CPU, s', 1000, 2],
  ['peakMb', 'peak memory of the biggest process, MB', 1, 0],
  ['caRequests', 'requests to the CA', 1, 0],
  ['route53Calls', 'Route 53 calls', 1, 0],
];

/** Medians, a table for each case; then the ratios with their aims. An entrant that is missing keeps its empty column. */
export function comparisonTable(comparison: Comparison): string {
  const missing = comparison.entrants.flatMap((one) =>
    isMissing(one) ? [`${one.title} is missing: ${one.why}`] : [],
  );
  const tables = comparison.cases.map((one) => caseTable(one, comparison.entrants));
  return [...missing, ...tables, ratioTable(ratiosOf(comparison.cases))].join('\n\n');
}

const caseTitle = ({ certificates, propagationMs }: Pick<Case, 'certificates' | 'propagationMs'>) =>
  `${certificates} × ${propagationMs / 1000} s`;

function caseTable(one: Case, entrants: Comparison['entrants']): string {
  const titles = entrants.map((entrant) =>
    one.figures[entrant.id]?.measuredOn ? `${entrant.title} *` : entrant.title,
  );
  const head = [`${caseTitle(one)}, ${one.runs === 1 ? 'one run' : `${one.runs} runs`}`, ...titles];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [figure, label, unit, digits] of ROWS)
    table.push([
      label,
      ...entrants.map(({ id }) => {
        const spread = one.figures[id]?.[figure];
        return spread ? (spread.median / unit).toFixed(digits) : '';
      }),
    ]);
  const scaled = one.measuredOn ? `\n* measured on ${one.measuredOn}, times and counts scaled` : '';
  return table.toString() + scaled;
}

function ratioTable(ratios: readonly Ratio[]): string {
  const head = ['wall time over the faster of certbot and lego', 'which', 'ratio', 'aim', ''];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const one of ratios)
    table.push([
      `${caseTitle(one)}, ${one.of}`,
      one.over,
      one.ratio.toFixed(3),
      one.aim ?? '–',
      verdict(one),
    ]);
  return table.toString();
}

function verdict({ ratio, aim }: Ratio): string {
  if (aim === undefined) return '';
  return ratio <= aim ? 'met' : `missed by ${((ratio / aim - 1) * 100).toFixed(0)} %`;
}

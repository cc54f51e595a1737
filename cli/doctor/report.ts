import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Diagnosis, Finding } from '../../lib/core/doctor/finding.ts';

const COLOURS = { ok: 'green', warning: 'yellow', failing: 'red' } as const;
const NARROWEST = 80;
/** The column that has colours, which count as no width. */
const STATUS = 2;

/** A table of what is not well, and a line that counts; a certificate that is all well has one row. */
export function reportOf(diagnosis: Diagnosis, width = process.stdout.columns || 120): string {
  const { findings, counts, certificates } = diagnosis;
  const last = `doctor: ${certificates} certificate${certificates === 1 ? '' : 's'}, ${counts.ok} ok, ${counts.warning} warning, ${counts.failing} failing`;
  return certificates === 0 ? `no renewal files yet\n${last}` : `${tableOf(findings, width)}\n${last}`;
}

function tableOf(findings: readonly Finding[], width: number): string {
  const names = [...new Set(findings.map(({ certificate }) => certificate))];
  const fixed = [
    longest(names, 30),
    longest(
      findings.map(({ check }) => check),
      16,
    ),
    9,
  ];
  const rest = Math.max(NARROWEST, width) - fixed.reduce((sum, column) => sum + column, 0) - 6;
  const columns = [...fixed, Math.ceil(rest / 2), Math.floor(rest / 2)];
  const table = new Table({
    head: ['certificate', 'check', 'status', 'seen', 'what to do'],
    colWidths: columns,
    style: { head: [], border: [] },
  });
  const push = (...row: string[]) =>
    table.push(row.map((text, index) => (index === STATUS ? text : wrap(text, (columns[index] ?? 0) - 2))));
  for (const name of names) {
    const own = findings.filter(({ certificate }) => certificate === name);
    const troubles = own.filter(({ status }) => status !== 'ok');
    if (troubles.length === 0) push(name, 'all', coloured('ok'), `${own.length} checks`, '');
    for (const { check, status, seen, remedy } of troubles) push(name, check, coloured(status), seen, remedy);
  }
  return table.toString();
}

/** Breaks lines between words, and inside a word only where it is longer than a line: the table would cut its end off. */
function wrap(text: string, width: number): string {
  const words = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

const coloured = (status: Finding['status']) => styleText(COLOURS[status], status);

/** The width of a column with these in it, and its two spaces. */
function longest(texts: readonly string[], limit: number): number {
  return Math.min(limit, Math.max(11, ...texts.map(({ length }) => length))) + 2;
}

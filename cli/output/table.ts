import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import { wrap } from './wrap.ts';

export type Cell = string | { text: string; colour: 'green' | 'yellow' | 'red' };

/** Narrower, a table has words of one letter a line: each row is a block of its own there. */
const NARROWEST = 80;
const NARROWEST_COLUMN = 9;
/** More rows are told apart without lines between them, which would double them. */
const RULED_ROWS = 50;
const textOf = (cell: Cell | undefined) => (typeof cell === 'object' ? cell.text : (cell ?? ''));
/** Somebody's text, without what moves the cursor or hides behind it. */
export const showable = (text: string) =>
  text.replace(/[^\x20-\x7e\u00a1-\u1fff\n…–→]|[\p{Cf}\p{Cn}]/gu, '?');

const PIPED_WIDTH = 120;
/** Of the terminal, of COLUMNS where there is none, or what is good to read in a file. */
export const terminalWidth = () => process.stdout.columns || Number(process.env.COLUMNS) || PIPED_WIDTH;

/** A table as wide as the terminal; only the last columns give way, and are broken between words. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width = terminalWidth(),
): string {
  if (width < NARROWEST) return rows.map((row) => blockOf(head, row, width)).join('\n');
  const widths = columnWidths(head, rows, width);
  const table = new CliTable({
    head: [...head],
    colWidths: widths,
    style: { head: [], border: [], compact: rows.length > RULED_ROWS },
  });
  for (const row of rows)
    table.push(
      row.map((cell, column) => coloured(wrap(showable(textOf(cell)), (widths[column] ?? 0) - 2), cell)),
    );
  return table.toString();
}

/** The first two cells, and below them the others that say something, each after its column's title. */
function blockOf(head: readonly string[], row: readonly Cell[], width: number): string {
  const [name, state, ...rest] = row;
  const first = `${showable(textOf(name))}  ${coloured(showable(textOf(state)), state ?? '')}`;
  const others = rest.flatMap((cell, index) => {
    const text = showable(textOf(cell));
    if (text === '' || text === '–') return [];
    const lines = wrap(`${head[index + 2]}: ${text}`, Math.max(width - 2, 10)).split('\n');
    return lines.map((line) => `  ${coloured(line, cell)}`);
  });
  return [first, ...others].join('\n');
}

function coloured(text: string, cell: Cell): string {
  if (typeof cell === 'string') return text;
  return text
    .split('\n')
    .map((line) => styleText(cell.colour, line))
    .join('\n');
}

/** The room that each column wants, the widest ones cut until all fit. */
function columnWidths(head: readonly string[], rows: readonly (readonly Cell[])[], width: number): number[] {
  const widths = head.map((title, column) => {
    const lines = rows.flatMap((row) => showable(textOf(row[column])).split('\n'));
    return lines.reduce((most, line) => Math.max(most, line.length), title.length) + 2;
  });
  let over = widths.reduce((sum, column) => sum + column + 1, 1) - width;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST_COLUMN) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

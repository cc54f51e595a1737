import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import { wrap } from './wrap.ts';

export type Cell = string | { text: string; colour: 'green' | 'yellow' | 'red' };

/** Narrower, a column of sentences cannot be read: each row is a block of its own then. */
const NARROWEST_COLUMN = 20;
/** More rows are told apart without lines between them, which would double them. */
const RULED_ROWS = 50;
const textOf = (cell: Cell | undefined) => (typeof cell === 'object' ? cell.text : (cell ?? ''));
/** Somebody's text, without what moves the cursor or hides behind it. */
export const showable = (text: string) =>
  text.replace(/[^\x20-\x7e\u00a1-\u1fff\n…–→]|[\p{Cf}\p{Cn}]/gu, '?');

const PIPED_WIDTH = 120;
/** Of the terminal, of COLUMNS where there is none, or what is good to read in a file. */
export const terminalWidth = () => process.stdout.columns || Number(process.env.COLUMNS) || PIPED_WIDTH;

/**
 * A table as wide as the terminal: the widest columns but the first give way, and are broken between words. Where they cannot, a
 * block for each row.
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width = terminalWidth(),
): string {
  const widths = columnWidths(head, rows, width);
  if (!widths) return rows.map((row) => blockOf(head, row, width)).join('\n');
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

/** The room that each column gets; `undefined` where a table is too wide for the terminal. */
function columnWidths(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
): number[] | undefined {
  const widths = head.map((title, column) => {
    const lines = rows.flatMap((row) => showable(textOf(row[column])).split('\n'));
    return lines.reduce((most, line) => Math.max(most, line.length), title.length) + 2;
  });
  let over = widths.reduce((sum, column) => sum + column + 1, 1) - width;
  for (; over > 0; over -= 1) {
    const others = widths.slice(1);
    const widest = others.indexOf(Math.max(...others)) + 1;
    if (others.length === 0 || (widths[widest] ?? 0) <= NARROWEST_COLUMN) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

import { styleText } from 'node:util';
import CliTable from 'cli-table3';

export type Cell = string | { text: string; colour: 'green' | 'yellow' | 'red' };

const NARROWEST = 80;
const NARROWEST_COLUMN = 9;
const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text);
/** Somebody's text, without what moves the cursor or hides behind it. */
export const showable = (text: string) =>
  text.replace(/[^\x20-\x7e\u00a1-\u1fff\n…–→]|[\p{Cf}\p{Cn}]/gu, '?');

export const terminalWidth = () => process.stdout.columns || 120;

/** A table as wide as the terminal; only the last columns give way, and are broken between words. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width = terminalWidth(),
): string {
  const widths = columnWidths(head, rows, Math.max(NARROWEST, width));
  const table = new CliTable({ head: [...head], colWidths: widths, style: { head: [], border: [] } });
  for (const row of rows)
    table.push(
      row.map((cell, column) => {
        const text = wrap(showable(textOf(cell)), (widths[column] ?? 0) - 2);
        return typeof cell === 'string' ? text : coloured(text, cell.colour);
      }),
    );
  return table.toString();
}

function coloured(text: string, colour: 'green' | 'yellow' | 'red'): string {
  return text
    .split('\n')
    .map((line) => styleText(colour, line))
    .join('\n');
}

/** The room that each column wants, the widest ones cut until all fit. */
function columnWidths(head: readonly string[], rows: readonly (readonly Cell[])[], width: number): number[] {
  const widths = head.map((title, column) => {
    const lines = rows.flatMap((row) => showable(textOf(row[column] ?? '')).split('\n'));
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

/** Breaks lines between words, and inside a word only where it is longer than a line: the table would cut its end off. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string[] {
  const words = line.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [''] : lines;
}

import { dirname } from 'node:path';
import type { Mutant } from './mutant.ts';
import type { Result } from './results.ts';

const LONGEST = 70;

/** `lib/issuance` and what is two folders deep; `functions`, `cli` and `resources` whole. */
export function folderOf(file: string): string {
  const [top = '', area, room] = dirname(file).split('/');
  if (top !== 'lib') return top;
  const isRules = room === undefined || room === 'rules';
  return [top, area, isRules ? undefined : room].filter(Boolean).join('/');
}

export function tableOf(results: readonly Result[]): string {
  const folders = new Map<string, Result[]>();
  for (const result of results) {
    const folder = folderOf(result.mutant.file);
    folders.set(folder, [...(folders.get(folder) ?? []), result]);
  }
  const rows = [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([folder, of]) => row(folder, of));
  const head = ['folder', 'mutants', 'noticed', 'survived', 'score'];
  return lines([head, ...rows, row('all', results)]);
}

function row(folder: string, results: readonly Result[]): string[] {
  const noticed = results.filter(({ outcome }) => outcome === 'noticed').length;
  const score = results.length === 0 ? 100 : Math.floor((1000 * noticed) / results.length) / 10;
  return [folder, results.length, noticed, results.length - noticed, `${score} %`].map(String);
}

function lines(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  const pad = (cell: string, at: number) =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return rows.map((cells) => cells.map(pad).join('  ')).join('\n');
}

/** One line: where it stands, and what was changed to what. */
export function lineAbout({ mutant, outcome }: Result): string {
  const where = `${mutant.file}:${mutant.line}`;
  return `${where}  ${whatOf(mutant)}${outcome === 'not reached' ? '  (no test runs it)' : ''}`;
}

/** The change without its place: the same in every version of the file that has this code. */
export function whatOf({ operator, original, replacement }: Mutant): string {
  const short = (text: string) => {
    const line = text.replace(/\s+/g, ' ').trim();
    return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  };
  return `${operator}: ${short(original)} -> ${replacement === '' ? 'nothing' : short(replacement)}`;
}

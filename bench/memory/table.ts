import Table from 'cli-table3';
import { type FunctionFigures, LINE, type LineFunction, type Load, type Point } from './figures.ts';

const ROWS: [keyof FunctionFigures, string, number, number][] = [
  ['wallMs', 'billed, s', 1000, 2],
  ['cpuMs', 'CPU, s', 1000, 2],
  ['heldBackMs', 'held back, s', 1000, 2],
  ['gbSeconds', 'GB-seconds', 1, 3],
  ['peakMb', 'peak memory, MB', 1, 0],
];

/** A table for each load: the line and each function by memory. */
export function memoryTable(loads: readonly Load[]): string {
  return loads.map(loadTable).join('\n\n');
}

function loadTable({ title, runs, points }: Load): string {
  const head = [
    `${title}, ${runs === 1 ? 'one run' : `${runs} runs`}`,
    ...points.map(({ memoryMb }) => `${memoryMb} MB`),
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  if (points.some(({ pointerMs }) => pointerMs !== undefined))
    table.push([
      'started → last pointer moved, s',
      ...points.map(({ pointerMs }) => (pointerMs === undefined ? '–' : (pointerMs / 1000).toFixed(2))),
    ]);
  for (const name of LINE) {
    if (!points.some(({ functions }) => functions[name])) continue;
    for (const row of ROWS)
      table.push([`${name}: ${row[1]}`, ...points.map((point) => cell(point, name, row))]);
  }
  return table.toString();
}

function cell(
  { functions, failed }: Point,
  name: LineFunction,
  [figure, , unit, digits]: (typeof ROWS)[number],
): string {
  if (failed[name] !== undefined) return figure === 'wallMs' ? reasonOf(failed[name]) : '–';
  const value = functions[name]?.[figure];
  return value === undefined || Number.isNaN(value) ? '–' : (value / unit).toFixed(digits);
}

const reasonOf = (errorType: string) => (errorType === 'Runtime.OutOfMemory' ? 'out of memory' : errorType);

import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Row } from './results.ts';

/** The rows as a table for the terminal. */
export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['certificate', 'decision', 'expires', 'serial', 'hosts', 'served'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    table.push([
      row.name,
      `${row.action}\n${row.reason}`,
      expiry(row),
      (row.serial ?? '–').slice(0, 16),
      hosts(row),
      served(row),
    ]);
  }
  return table.toString();
}

function expiry({ oldNotAfter, newNotAfter }: Row): string {
  if (oldNotAfter === undefined && newNotAfter === undefined) return '–';
  const day = (instant: string | undefined) => instant?.slice(0, 10) ?? 'none';
  return newNotAfter === undefined ? day(oldNotAfter) : `${day(oldNotAfter)} →\n${day(newNotAfter)}`;
}

function hosts({ hosts: seen, serial }: Row): string {
  if (seen.size === 0) return '–';
  return [...seen].map(([id, what]) => (what === serial ? id : `${id} (${what})`)).join('\n');
}

function served({ action, hosts: seen, served: isServed }: Row): string {
  if (action !== 'renew' || seen.size === 0) return '–';
  return isServed ? styleText('green', 'yes') : styleText('red', 'no');
}

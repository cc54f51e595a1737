import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Cell, tableOf, terminalWidth } from '../../../cli/output/table.ts';

const HEAD = ['certificate', 'status', 'expires', 'days', 'hosts', 'why'];
const WHY = 'caa-forbids (1 in a row): shop.example.net: CAA does not let pebble.letsencrypt.org issue';
const row = (name: string): Cell[] => [
  name,
  { text: 'failing', colour: 'red' },
  '2027-02-27',
  '89',
  '–',
  WHY,
];
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('the width of a table', () => {
  const { columns } = process.stdout;
  afterEach(() => {
    vi.unstubAllEnvs();
    process.stdout.columns = columns;
  });

  it.each<[string, number | undefined, string, number]>([
    ["the terminal's", 70, '60', 70],
    ['what COLUMNS says in a pipe', undefined, '60', 60],
    ['120 where nothing says it', undefined, '', 120],
  ])('is %s', (_, terminal, COLUMNS, width) => {
    process.stdout.columns = terminal as number;
    vi.stubEnv('COLUMNS', COLUMNS);
    expect(terminalWidth()).toBe(width);
  });
});

describe('a table', () => {
  it.each([90, 100, 200])('is no wider than a terminal of %i columns', (width) => {
    const table = tableOf(HEAD, [row('shop')], width);
    expect(widest(table)).toBeLessThanOrEqual(width);
    expect(table).toMatch(/^┌/);
  });

  it('is a block for each row on a terminal of 60 columns, without what says nothing', () => {
    expect(tableOf(HEAD, [row('shop'), ['ok.example.com', 'ok', '2027-02-27', '89', '1 of 1', '']], 60)).toBe(
      [
        'shop  failing',
        '  expires: 2027-02-27',
        '  days: 89',
        '  why: caa-forbids (1 in a row): shop.example.net: CAA does',
        '  not let pebble.letsencrypt.org issue',
        'ok.example.com  ok',
        '  expires: 2027-02-27',
        '  days: 89',
        '  hosts: 1 of 1',
      ].join('\n'),
    );
  });

  it('breaks no name: where the others cannot give way any more, it is blocks', () => {
    const name = `${'long.'.repeat(8)}example.com`;
    expect(tableOf(HEAD, [row(name)], 120)).toContain(name);
    expect(tableOf(HEAD, [row(name)], 100)).toMatch(new RegExp(`^${name} {2}failing\n`));
  });

  it.each([60, 80, 120])('of 1,000 rows has each of them, and takes a moment, at %i columns', (width) => {
    const names = Array.from({ length: 1_000 }, (_, index) => `host-${index}.example.com`);
    const began = process.cpuUsage();
    const table = tableOf(HEAD, names.map(row), width);
    const { user, system } = process.cpuUsage(began);
    expect(names.filter((name) => !table.includes(name))).toEqual([]);
    // Measured: 0.5 s of processor time as a table, 0.01 s as blocks.
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });

  it('has no lines between the rows of a long one', () => {
    const ruled = (count: number) =>
      tableOf(
        HEAD,
        Array.from({ length: count }, () => ['a', 'ok', '', '', '', '']),
        120,
      );
    expect(ruled(50).split('\n')).toHaveLength(2 * 50 + 3);
    expect(ruled(51).split('\n')).toHaveLength(51 + 4);
  });
});

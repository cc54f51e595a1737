import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (page: string) => readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8');

/** The amounts of a row of the bill in docs/inside/benchmark.md. */
const billed = (title: string) =>
  read('inside/benchmark.md')
    .split('\n## The AWS bill\n')[1]
    ?.split('\n')
    .find((line) => line.startsWith(`│ ${title} `))
    ?.match(/\d+\.\d\d/g);

it('docs/start/costs.md has the sums of the bill that was printed', () => {
  const rows = [...read('start/costs.md').matchAll(/^\| [\d,]+.* \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  expect(rows).toHaveLength(3);
  expect(rows.map(([, all]) => all)).toEqual(billed('all'));
  expect(rows.map(([, , without]) => without)).toEqual(billed('of it without any certificate'));
});

it.each(['CloudWatch, metrics, alarms, dashboard', 'SQS, looks into empty queues'])(
  'docs/start/costs.md has what the bill says of %s',
  (title) => {
    const [amount = 'none'] = billed(title) ?? [];
    expect(read('start/costs.md')).toContain(`${amount} for `);
  },
);

it('docs/start/costs.md has what the bill says of the parts that grow', () => {
  const [writes, lambda] = ['S3, writes and lists', 'Lambda, GB-seconds'].map((title) => billed(title)?.[1]);
  expect(read('start/costs.md')).toContain(
    `S3 writes and lists (${writes} for 1,000) and Lambda (${lambda})`,
  );
});

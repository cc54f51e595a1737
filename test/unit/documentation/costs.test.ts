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

/** What is added to the bill since it was printed, in cents, as the page says. */
const added = () => {
  const said =
    /plus (\d+\.\d\d) for two queues .* \((\d+\.\d\d) for each queue, and (\d+\.\d\d) for alarms\)/;
  const [sum = 0, queue = 0, alarms = 0] = (said.exec(read('start/costs.md')) ?? []).slice(1).map(cents);
  expect(sum).toBe(2 * queue + alarms);
  expect(read('inside/benchmark.md')).toContain(
    `costs ${dollars(queue)} dollars each; the second has two more metrics in alarms, for ${dollars(alarms)}.`,
  );
  return sum;
};
const cents = (amount: string) => Math.round(Number(amount) * 100);
const dollars = (amount: number) => (amount / 100).toFixed(2);
const withAdded = (title: string) => billed(title)?.map((amount) => dollars(cents(amount) + added()));

it('docs/start/costs.md has the sums of the bill that was printed, with what was added since', () => {
  const rows = [...read('start/costs.md').matchAll(/^\| [\d,]+.* \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  expect(rows).toHaveLength(3);
  expect(rows.map(([, all]) => all)).toEqual(withAdded('all'));
  expect(rows.map(([, , without]) => without)).toEqual(withAdded('of it without any certificate'));
});

it.each(['CloudWatch, metrics, alarms, dashboard', 'SQS, looks into empty queues'])(
  'docs/start/costs.md has what the bill says of %s',
  (title) => {
    const [amount = 'none'] = billed(title) ?? [];
    expect(read('start/costs.md')).toContain(`${amount} for `);
  },
);

it('docs/start/costs.md has what the bill says of the parts that grow', () => {
  const [logs, writes, lambda] = ['CloudWatch, logs', 'S3, writes and lists', 'Lambda, GB-seconds'].map(
    (title) => billed(title)?.[1],
  );
  expect(read('start/costs.md')).toContain(
    `the logs (${logs} for 1,000), S3 writes and lists (${writes}) and Lambda (${lambda})`,
  );
});

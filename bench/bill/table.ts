import Table from 'cli-table3';
import type { Bill, Measured, Points, Prices } from './model.ts';

/** By line of the bill; under it what was measured, and what follows from it only by extrapolation. */
export function billTable(bills: readonly Bill[], measured: Measured, prices: Prices): string {
  const largest = measured.check.at(-1)?.size ?? 0;
  const head = [
    `US dollars a month, ${prices.region}, prices of ${prices.readOn}`,
    ...bills.map(
      ({ certificates }) =>
        `${certificates.toLocaleString('en')} certificates${certificates > largest ? ' *' : ''}`,
    ),
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  const row = (label: string, figure: (bill: Bill) => number) =>
    table.push([label, ...bills.map((bill) => figure(bill).toFixed(2))]);
  for (const label of Object.keys(bills[0]?.lines ?? {})) row(label, ({ lines }) => lines[label] ?? 0);
  row('all', ({ total }) => total);
  row('of it without any certificate', ({ standing }) => standing);
  row('all, were functions five times as slow', ({ totalIfSlower }) => totalIfSlower);
  return [table.toString(), ...notes(bills, measured)].join('\n');
}

function notes(bills: readonly Bill[], measured: Measured): string[] {
  const sizes = (points: Points) => points.map(({ size }) => size.toLocaleString('en')).join(', ');
  return [
    `Measured: hourly check, weekly sweep and status page of ${sizes(measured.check)} certificates, renewals of ${sizes(measured.renewal)} with their deployment to one host, being asked when to renew.`,
    '* extrapolated from the two largest, also from renewals of 1 and 10 to batches of 50.',
    ...bills.flatMap(({ certificates, beyond }) =>
      beyond.length > 0
        ? [
            `${certificates.toLocaleString('en')} certificates are more than the functions can do as they are deployed: ${beyond.join('; ')}.`,
          ]
        : [],
    ),
  ];
}

import type { HostRow, Row } from '../row.ts';
import { ROWS_01_04 } from './01-04-killed.ts';
import { ROWS_05_09 } from './05-09-workers.ts';
import { ROW_07 } from './07-same-order.ts';
import { ROWS_10_13 } from './10-13-ca-refuses.ts';
import { ROWS_14_17 } from './14-17-ca-gone.ts';
import { ROWS_18_22 } from './18-22-dns.ts';
import { ROWS_23_25 } from './23-25-records.ts';
import { ROWS_26_29 } from './26-29-stored.ts';
import { ROWS_30_33 } from './30-33-ca-misleads.ts';
import { HOST_ROWS, ROWS_34 } from './34-41-hosts.ts';
import { ROWS_42_43 } from './42-43-limits.ts';
import { ROWS_44_48 } from './44-48-dns-and-ca.ts';

const LAST = 48;
const written: readonly (Row | HostRow)[] = [
  ...ROWS_01_04,
  ...ROWS_05_09,
  ...ROWS_10_13,
  ...ROWS_14_17,
  ...ROWS_18_22,
  ...ROWS_23_25,
  ...ROWS_26_29,
  ...ROWS_30_33,
  ...ROWS_34,
  ...HOST_ROWS,
  ...ROWS_42_43,
  ...ROWS_44_48,
  ROW_07,
];

/** Every row, in the list's order; one that is not written yet is not survived. */
export const ROWS: readonly (Row | HostRow)[] = Array.from(
  { length: LAST },
  (_, index) => written.find(({ number }) => number === index + 1) ?? notYet(index + 1),
);

function notYet(number: number): Row {
  return {
    number,
    title: '(no row yet)',
    async run() {
      throw new Error('not yet');
    },
  };
}

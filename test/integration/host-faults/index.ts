import { containerGone } from './container-gone.ts';
import type { HostFault } from './host-fault.ts';
import { hostile } from './hostile.ts';
import { killed } from './killed.ts';
import { notWritable } from './not-writable.ts';
import { oldOneServed } from './old-one-served.ts';
import { pointerMoves } from './pointer-moves.ts';
import { refusedByNginx } from './refused-by-nginx.ts';

/** Rows 35 to 41 as far as one host shows them; what needs the deployed stack is in test/e2e/host-faults.test.ts. */
export const hostFaults: HostFault[] = [
  ...refusedByNginx,
  ...killed,
  ...oldOneServed,
  ...notWritable,
  ...containerGone,
  ...pointerMoves,
  ...hostile,
];

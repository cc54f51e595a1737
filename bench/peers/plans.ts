import type { Plan } from './compare.ts';

const QUICK: Plan[] = [
  { certificates: 1, propagationMs: 0, runs: 3 },
  { certificates: 10, propagationMs: 5000, runs: 1, measuredOn: 5 },
];

/**
 * On two cores about half an hour. The others renew one after another, and of a certificate certbot, lego and `auto()` take
 * together about 13 s without propagation, 38 with 5 s and 115 with 30 s; where that makes a case too long, they renew fewer.
 */
const FULL: Plan[] = [
  { certificates: 1, propagationMs: 0, runs: 3 },
  { certificates: 10, propagationMs: 0, runs: 1 },
  { certificates: 100, propagationMs: 0, runs: 1, measuredOn: 5 },
  { certificates: 1, propagationMs: 5000, runs: 1 },
  { certificates: 10, propagationMs: 5000, runs: 1, measuredOn: 3 },
  { certificates: 100, propagationMs: 5000, runs: 1, measuredOn: 3 },
  { certificates: 1, propagationMs: 30_000, runs: 1 },
  { certificates: 10, propagationMs: 30_000, runs: 1, measuredOn: 2 },
  { certificates: 100, propagationMs: 30_000, runs: 1, measuredOn: 5 },
];

/** Certificates and propagation times to compare by. */
export const plansOf = ({ quick }: { quick: boolean }): Plan[] => (quick ? QUICK : FULL);

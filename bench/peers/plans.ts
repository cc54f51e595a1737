import type { Plan } from './compare.ts';

const QUICK: Plan[] = [
  { certificates: 1, propagationMs: 0, runs: 3 },
  { certificates: 10, propagationMs: 5000, runs: 1, measuredOn: 5 },
];
const FULL: Plan[] = [0, 5000, 30_000].flatMap((propagationMs) => [
  { certificates: 1, propagationMs, runs: 3 },
  { certificates: 10, propagationMs, runs: 1 },
  { certificates: 100, propagationMs, runs: 1, ...(propagationMs === 30_000 && { measuredOn: 5 }) },
]);

/** Certificates and propagation times to compare by. */
export const plansOf = ({ quick }: { quick: boolean }): Plan[] => (quick ? QUICK : FULL);

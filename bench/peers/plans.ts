import type { Plan } from './compare.ts';

const QUICK: Plan[] = [
  { certificates: 1, propagationMs: 0, runs: 3 },
  { certificates: 10, propagationMs: 5000, runs: 1, measuredOn: 5 },
];

/**
 * The others renew one after another; where that makes a case too long, they renew fewer, and certbot all as well: its 100 with
 * 30 s of propagation take 54 minutes.
 */
const FULL: Plan[] = [
  { certificates: 1, propagationMs: 0, runs: 3 },
  { certificates: 10, propagationMs: 0, runs: 1 },
  { certificates: 100, propagationMs: 0, runs: 1, measuredOn: 5, whole: true },
  { certificates: 1, propagationMs: 5000, runs: 1 },
  { certificates: 10, propagationMs: 5000, runs: 1, measuredOn: 3, whole: true },
  { certificates: 100, propagationMs: 5000, runs: 1, measuredOn: 3, whole: true },
  { certificates: 1, propagationMs: 30_000, runs: 1 },
  { certificates: 10, propagationMs: 30_000, runs: 1, measuredOn: 2, whole: true },
  { certificates: 100, propagationMs: 30_000, runs: 1, measuredOn: 5, whole: true },
];

/** Certificates and propagation times to compare by. */
export const plansOf = ({ quick }: { quick: boolean }): Plan[] => (quick ? QUICK : FULL);

import type { Case } from './compare.ts';

export interface Ratio {
  /** Whose wall time. */
  of: string;
  /** Over whose: the faster of certbot and lego in the same run. */
  over: string;
  certificates: number;
  propagationMs: number;
  ratio: number;
  aim: number | undefined;
}

/** Where none is named, the aim holds for both ways of measuring. */
const AIMS = [
  { of: 'renew-warm', certificates: 1, propagationMs: 0, aim: 0.2 },
  { of: 'event-cold', certificates: 1, propagationMs: 0, aim: 0.5 },
  { certificates: 10, propagationMs: 5000, aim: 0.08 },
  { certificates: 100, propagationMs: 30_000, aim: 0.012 },
];
const OWN = ['renew-warm', 'event-cold'];
const PEERS = ['certbot', 'lego'];

/** Wall times of this project over the faster peer's, for each case in which both were measured. */
export function ratiosOf(cases: readonly Case[]): Ratio[] {
  return cases.flatMap(({ certificates, propagationMs, figures }) => {
    const wall = (id: string) => figures[id]?.wallMs.median ?? Number.POSITIVE_INFINITY;
    const over = PEERS.filter((id) => figures[id]).sort((a, b) => wall(a) - wall(b))[0];
    if (!over) return [];
    const measured = OWN.filter((id) => figures[id]);
    return measured.map((of) => {
      const aim = AIMS.find(
        (one) =>
          (one.of ?? of) === of && one.certificates === certificates && one.propagationMs === propagationMs,
      )?.aim;
      return { of, over, certificates, propagationMs, ratio: wall(of) / wall(over), aim };
    });
  });
}

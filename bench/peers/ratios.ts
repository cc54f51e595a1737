import type { Case, Comparison } from './compare.ts';

/** A wall time of this project over others' in the same run. */
export interface Ratio {
  of: string;
  certificates: number;
  propagationMs: number;
  peer: Over | undefined;
  floor: Over | undefined;
}

export interface Over {
  id: string;
  ratio: number;
  aim: number | undefined;
}

/** For this project with Lambda's share. */
const AIMS = [
  { of: 'event-cold', over: 'peer', certificates: 1, propagationMs: 0, aim: 0.35 },
  { of: 'event-cold', over: 'peer', certificates: 10, propagationMs: 5000, aim: 0.075 },
  { of: 'event-cold', over: 'peer', certificates: 100, propagationMs: 30_000, aim: 0.0105 },
  { of: 'event-cold', over: 'floor', certificates: 100, propagationMs: 0, aim: 3 },
] as const;
/** acme-client's `auto()` is what this project is made of, and no program that people run. */
const NO_PEER = ['auto'];

/** Over the fastest of certbot and both legos, and over the floor, for each case that has them. */
export function ratiosOf({ cases, entrants }: Pick<Comparison, 'cases' | 'entrants'>): Ratio[] {
  const idsOf = (wanted: string) => entrants.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  const peers = idsOf('peer').filter((id) => !NO_PEER.includes(id));
  return cases.flatMap((one) => {
    const { certificates, propagationMs } = one;
    const measured = idsOf('own').filter((id) => one.figures[id]);
    const ratios = measured.map((of) => ({
      of,
      certificates,
      propagationMs,
      peer: overFastest(one, of, { over: 'peer', ids: peers }),
      floor: overFastest(one, of, { over: 'floor', ids: idsOf('floor') }),
    }));
    return ratios.filter(({ peer, floor }) => peer || floor);
  });
}

function overFastest(
  { figures, certificates, propagationMs }: Case,
  of: string,
  { over, ids }: { over: 'peer' | 'floor'; ids: string[] },
): Over | undefined {
  const wall = (id: string) => figures[id]?.wallMs.median ?? Number.POSITIVE_INFINITY;
  const [id] = ids.filter((one) => figures[one]).sort((a, b) => wall(a) - wall(b));
  if (id === undefined) return undefined;
  const found = AIMS.find(
    (one) =>
      one.of === of &&
      one.over === over &&
      one.certificates === certificates &&
      one.propagationMs === propagationMs,
  );
  return { id, ratio: wall(of) / wall(id), aim: found?.aim };
}

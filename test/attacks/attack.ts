import type { Stages } from './stages.ts';

/** What somebody tries, for real, and what must come of it. */
export interface Attack {
  tried: string;
  /** what must happen */
  must: string;
  /** Is in `npm test` too: it needs no cloud. */
  quick?: true;
  /** Tries it; throws where it does not go as it must. What was seen, in a few words. */
  run(stages: Stages): Promise<string>;
}

/** Who attacks, and what he has to begin with. */
export interface Position {
  /** what his rows are called by, with a number: `container-1` */
  key: string;
  attacker: string;
  /** in one sentence */
  has: string;
  /** New ones go to the end, as their numbers are their names. */
  attacks: readonly Attack[];
}

export interface Row extends Attack {
  id: string;
}

export function rowsOf({ key, attacks }: Position): Row[] {
  return attacks.map((attack, index) => ({ ...attack, id: `${key}-${index + 1}` }));
}

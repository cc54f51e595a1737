import type { Reason } from '../reasons/reasons.ts';

/** What was seen, and what to do about it; each is one line. */
export interface Complaint {
  seen: string;
  remedy: string;
}

/** What an error tells; a text is what was seen. */
export type Told = string | (Pick<Complaint, 'seen'> & Partial<Complaint> & ErrorOptions);

/** Every error of ours. The message is for people, in one line: what was seen, then the remedy. */
export abstract class PerennialError<Of extends string = Reason> extends Error implements Complaint {
  readonly reason: Of;
  readonly seen: string;
  readonly remedy: string;

  constructor(reason: NoInfer<Of>, told: Told) {
    const { seen, remedy = '', ...options } = typeof told === 'string' ? { seen: told } : told;
    super(inOneLine({ seen, remedy }), options);
    this.reason = reason;
    this.seen = seen;
    this.remedy = remedy;
  }
}

export function inOneLine({ seen, remedy }: Complaint): string {
  return remedy === '' ? seen : `${seen}; ${remedy}`;
}

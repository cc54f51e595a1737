import type { Reason } from '../reasons/reasons.ts';
import { oneLine } from './one-line.ts';

/** What was seen, and what to do about it; one line each. */
export interface Complaint {
  seen: string;
  remedy: string;
}

/** The content of an error; a text is what was seen. */
export type Told = string | (Pick<Complaint, 'seen'> & Partial<Complaint> & ErrorOptions);

const LONGEST = 4_000;

/** Base of all our errors. The message is for people, in one line: what was seen, then the remedy. */
export abstract class PerennialError<Of extends string = Reason> extends Error implements Complaint {
  readonly reason: Of;
  readonly seen: string;
  readonly remedy: string;

  constructor(reason: NoInfer<Of>, told: Told) {
    const { seen: first, remedy: then = '', ...options } = typeof told === 'string' ? { seen: told } : told;
    // They quote keys, problems of CAs and values of the DNS.
    const [seen, remedy] = [oneLine(first, LONGEST), oneLine(then, LONGEST)];
    super(inOneLine({ seen, remedy }), options);
    this.reason = reason;
    this.seen = seen;
    this.remedy = remedy;
  }
}

export function inOneLine({ seen, remedy }: Complaint): string {
  return remedy === '' ? seen : `${seen}; ${remedy}`;
}

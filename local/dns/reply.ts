import type { Answer } from 'dns-packet';
import type { PublishedZone } from '../route53/published.ts';
import { answersOf, withoutDot } from './answer.ts';

/** RFC 1035, 4.1.1 */
export const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
export type Rcode = keyof typeof RCODES;

export interface Reply {
  rcode: Rcode;
  authoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
}

export interface Question {
  /** Normalized, with the trailing dot. */
  name: string;
  type: string;
}

export function reply(rcode: Rcode, parts: Partial<Reply> = {}): Reply {
  return { rcode, authoritative: false, answers: [], authorities: [], ...parts };
}

/** A zone's SOA, which goes with an answer that there is nothing (RFC 2308). */
export function soaOf(zone: PublishedZone): Answer[] {
  const soa = [...zone.recordSets().values()].find((set) => set.type === 'SOA');
  return soa ? answersOf(soa, withoutDot(zone.name)) : [];
}

import type { RecordSets } from './record-set.ts';

/** What the authoritative servers answer from. */
export interface ZoneView {
  /** The public zones, in the order in which they were created. Two may have the same name. */
  zones(): PublishedZone[];
}

export interface PublishedZone {
  id: string;
  /** Absolute, lower case, with the trailing dot. */
  name: string;
  /** The four name servers of its delegation set, with the trailing dot. */
  nameServers: string[];
  /** The record sets that a name server answers with that is `lagMs` behind the others. */
  recordSets(lagMs?: number): RecordSets;
}

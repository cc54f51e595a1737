import type { Streams } from '../engine/random.ts';
import { Ca } from '../services/ca.ts';
import type { CaParts } from '../services/ca-parts.ts';
import { ASK_AGAIN } from '../services/ca-ports.ts';

/** Host of the directory, and the name in CAA. */
const CAS = [
  ['acme-v02.api.letsencrypt.org', 'letsencrypt.org'],
  ['dv.acme-v02.api.pki.goog', 'pki.goog'],
] as const;

/** The CAs of the world; the first is the stack's own. */
export function makeCas(streams: Streams, parts: Omit<CaParts, 'random'>): Ca[] {
  return CAS.map(([host, identity]) => {
    const random = streams.of(host);
    const ca = new Ca(host, identity, { ...parts, random });
    ca.askAgainMs = Math.round(random.between(...ASK_AGAIN));
    return ca;
  });
}

import type { LocalAws } from '../../local/aws.ts';
import type { LocalCloud } from '../../local/cloud.ts';

/** What a client needs of a local cloud: AWS, DNS and a CA. */
export interface Target extends Pick<LocalCloud, 'endpoint' | 'dnsPort' | 'directoryUrl' | 'caTlsFile'> {
  parts: { venvBin: string; aws: Pick<LocalAws, 'environmentOf'> };
}

/** What one renewal of a number of certificates took. */
export interface Taken {
  wallMs: number;
  /** User and system time, of children too. */
  cpuMs: number;
  /** Largest resident set of the biggest process, megabytes of 1024 × 1024 bytes. */
  peakMb: number;
  /** Counted by the client itself, where it asks for more than is measured. */
  counted?: { caRequests: number; route53Calls: number };
}

/** This project, other people's clients, and what no client can do without. */
export type Kind = 'own' | 'peer' | 'floor';

/** Who is compared. */
export interface Named {
  id: string;
  kind: Kind;
  title: string;
}

/** A client that has issued certificates and renews them. */
export interface Participant extends Named {
  version: string;
  /** With which its calls are signed, as the call log knows it. */
  principal: RegExp;
  /** Takes part only where the peers renew fewer than the case has, and renews them all. */
  whole?: boolean;
  /** Issues for the first time, each name a certificate of its own. Not measured. */
  issue(names: string[]): Promise<void>;
  renew(names: string[], propagationMs: number): Promise<Taken>;
}

/** A client that could not be had. */
export interface Missing extends Named {
  why: string;
}

export type Entrant = Participant | Missing;

export const isMissing = (entrant: object): entrant is Missing => 'why' in entrant;

/** The same client once more, for the cases in which it renews only some, as a participant that renews all. */
export const wholeOf = (one: Participant): Participant => ({
  ...one,
  id: `${one.id}-whole`,
  title: `${one.title}, all of them`,
  whole: true,
});

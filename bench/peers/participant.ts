/** What one renewal of a number of certificates took. */
export interface Taken {
  wallMs: number;
  /** User and system time, of children too. */
  cpuMs: number;
  /** Largest resident set of the biggest process, megabytes of 1024 × 1024 bytes. */
  peakMb: number;
}

/** A client that has issued certificates and renews them. */
export interface Participant {
  id: string;
  title: string;
  version: string;
  /** With which its calls are signed, as the call log knows it. */
  principal: RegExp;
  /** Issues for the first time, each name a certificate of its own. Not measured. */
  issue(names: string[]): Promise<void>;
  renew(names: string[]): Promise<Taken>;
}

/** A client that could not be had. */
export interface Missing {
  id: string;
  title: string;
  why: string;
}

export type Entrant = Participant | Missing;

export const isMissing = (entrant: object): entrant is Missing => 'why' in entrant;

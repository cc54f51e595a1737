/** The zone of the rows' certificates, but for those that say otherwise. */
export const ZONE = 'example.com';

/** A certificate that a row is about. */
export interface Subject {
  name: string;
  names: string[];
  /** how many certificates its renewals may cost */
  renewals: number;
  /** why its renewal has to be remembered and told as failed; more than one where chance decides */
  failures: RegExp[];
}
/** At each point; less with an option of `npm run faults`, to see it work. */
export const KILL_RUNS = 25;

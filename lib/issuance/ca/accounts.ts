/** Our account at a CA, without its key. */
export interface AccountFound {
  ca: string;
  url: string;
  /** Whether the CA has an account of this address for our key. */
  atCa: 'found' | 'not-found';
  contact: string | undefined;
  /** SHA-256 of the public key's SPKI. */
  keyFingerprint: string;
  /** Whether a rollover did not come to its end; rolling over again ends it. */
  rolloverOpen: boolean;
}

/** Our accounts, by directory address. Every call may be repeated; errors are AcmeError. */
export interface Accounts {
  show(directoryUrl: string): Promise<AccountFound>;
  /** Gives the account a new key; its address stays. */
  rollOver(directoryUrl: string): Promise<void>;
  /** Tells the CA the contact of the settings. */
  updateContact(directoryUrl: string): Promise<void>;
}

/** Our account at a CA, as it is seen without its key; its address where it is told. `undefined` when there is none. */
export type DescribeAccount = (
  directoryUrl: string,
) => Promise<{ accountUri: string | undefined } | undefined>;

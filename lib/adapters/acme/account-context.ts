import type { ObjectStore, StoredObject } from '../../foundation/bucket/object-store.ts';

/** The bucket, as far as accounts need it. */
export type AccountStore = Pick<ObjectStore, 'list' | 'get' | 'create' | 'replace' | 'put' | 'remove'>;
export type AccountReader = Pick<AccountStore, 'get'>;

/** What a process knows of the accounts that it has opened, by object. */
export interface KeptAccounts {
  /** What it has read below `accounts/keys/`. */
  read: Map<string, StoredObject>;
  /** What it has seen in `account-urls/`, or written there. */
  shown: Map<string, string>;
}

/** Parameter Store, which had the accounts before the bucket. */
export interface EarlierAccounts {
  get(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
}

export interface AccountSettings {
  /** Paths of the parameters that had accounts, and secrets of external accounts, before; without a trailing slash. */
  accountPrefix: string;
  eabPrefix: string;
  contact: string;
  agreeToTerms: boolean;
  caaIdentity: string | undefined;
}

export interface AccountContext {
  store: AccountStore;
  /** What the process knows from before. */
  kept?: KeptAccounts;
  /** Where accounts were before. */
  earlier?: EarlierAccounts;
  settings: AccountSettings;
  /** The address of the CA's account for a key, if there is one; asks the CA if not given. */
  addressOf?: (key: string) => Promise<string | undefined>;
  /** Hears of failures that do not stop the work. */
  onTrouble?: (error: unknown) => void;
}

export type AccountPlace = AccountContext & { directoryUrl: string };

/** Where accounts are kept; see the parameter store for its promises. `inTheOpen` may be seen without the value. */
export interface AccountStore {
  get(name: string): Promise<string | undefined>;
  create(name: string, value: string, inTheOpen?: string): Promise<boolean>;
  replace(name: string, value: string, inTheOpen?: string): Promise<void>;
}

export interface AccountSettings {
  /** Path of the parameters, without a trailing slash. */
  accountPrefix: string;
  /** The same for the keys of external accounts. */
  eabPrefix: string;
  contact: string;
  agreeToTerms: boolean;
  caaIdentity: string | undefined;
}

export interface AccountContext {
  store: AccountStore;
  settings: AccountSettings;
  /** Is told what goes wrong beside the work. */
  onTrouble?: (error: unknown) => void;
}

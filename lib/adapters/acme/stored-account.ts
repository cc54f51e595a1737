import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import {
  accountParameter,
  contactParameter,
  nextKeyParameter,
} from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeClient } from './acme-client.ts';

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

/** An account as it is kept: key in PEM, address, and the contact that it was made with. */
const Account = z.strictObject({ key: z.string(), url: z.string(), contact: z.optional(z.string()) });
export type Account = z.infer<typeof Account>;

export async function storedAccount(
  directoryUrl: string,
  { store, settings }: Pick<AccountContext, 'store' | 'settings'>,
): Promise<Account | undefined> {
  const parameter = accountParameter(directoryUrl, settings.accountPrefix);
  const text = await store.get(parameter);
  return text === undefined ? undefined : parseAccount(text, parameter);
}

export function parseAccount(text: string, parameter: string): Account {
  const where = `parameter ${parameter}`;
  return parseJson(text, Account, { where, reason: 'account-malformed', secret: true });
}

/** The account's key. Where a rollover did not come to its end, the CA is asked which of the two it has. */
export async function keyInUse(
  directoryUrl: string,
  { key, url }: Account,
  { store, settings }: Pick<AccountContext, 'store' | 'settings'>,
): Promise<string> {
  const next = await store.get(nextKeyParameter(directoryUrl, settings.accountPrefix));
  if (next === undefined || next === key) return key;
  return (await accountOf(directoryUrl, next)) === url ? next : key;
}

/** The address of the account that the CA has for a key, if any (RFC 8555, 7.3.1). */
export async function accountOf(directoryUrl: string, accountKey: string): Promise<string | undefined> {
  const client = new AcmeClient({ directoryUrl, accountKey });
  try {
    const { headers } = await client.api.createAccount({ onlyReturnExisting: true });
    return headers.location;
  } catch (error) {
    if (error instanceof AcmeError && isAccountLost(error)) return undefined;
    throw error;
  }
}

export function newAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Tells the CA the contact of the settings where it was last told another one (RFC 8555, 7.3.2), and keeps beside the
 * account what it was told; `always` tells it in any case.
 */
export async function updateContact(
  client: AcmeClient,
  { contact: first }: Account,
  {
    directoryUrl,
    store,
    settings,
    always = false,
  }: Pick<AccountContext, 'store' | 'settings'> & { directoryUrl: string; always?: boolean },
): Promise<void> {
  const { contact, accountPrefix } = settings;
  // Apart from the account, so that nobody who writes it can write back an old key.
  const parameter = contactParameter(directoryUrl, accountPrefix);
  const told = (await store.get(parameter)) ?? first;
  if (told === contact && !always) return;
  await client.updateAccount({ contact: [`mailto:${contact}`] });
  await store.replace(parameter, contact);
}

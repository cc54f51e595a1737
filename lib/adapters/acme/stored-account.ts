import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod/mini';
import { ownObject } from '../../foundation/common/own-object.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import {
  accountParameter,
  contactParameter,
  nextKeyParameter,
} from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeClient } from './acme-client.ts';

/** The parameter store, as far as accounts need it. `inTheOpen` can be read without the value. */
export interface AccountStore {
  get(name: string): Promise<string | undefined>;
  create(name: string, value: string, inTheOpen?: string): Promise<boolean>;
  replace(name: string, value: string, inTheOpen?: string): Promise<void>;
}

export interface AccountSettings {
  /** Path of the parameters, without a trailing slash. */
  accountPrefix: string;
  /** The same, for the keys of external accounts. */
  eabPrefix: string;
  contact: string;
  agreeToTerms: boolean;
  caaIdentity: string | undefined;
}

export interface AccountContext {
  store: AccountStore;
  settings: AccountSettings;
  /** Hears of failures that do not stop the work. */
  onTrouble?: (error: unknown) => void;
}

export type AccountPlace = Pick<AccountContext, 'store' | 'settings'> & { directoryUrl: string };

/** An account as stored: key in PEM, address, and the contact that it was made with. */
const Account = ownObject({ key: z.string(), url: z.string(), contact: z.optional(z.string()) });
export type Account = z.infer<typeof Account>;

export async function storedAccount({ directoryUrl, store, settings }: AccountPlace) {
  const parameter = accountParameter(directoryUrl, settings.accountPrefix);
  const text = await store.get(parameter);
  return text === undefined ? undefined : parseAccount(text, parameter);
}

export function parseAccount(text: string, parameter: string): Account {
  const where = `parameter ${parameter}`;
  return parseJson(text, Account, { where, reason: 'account-malformed', secret: true });
}

/** The account's key. After an unfinished rollover it asks the CA which of the two keys it has. */
export async function keyInUse(place: AccountPlace, { key, url }: Account): Promise<string> {
  const { directoryUrl, store, settings } = place;
  const next = await store.get(nextKeyParameter(directoryUrl, settings.accountPrefix));
  if (next === undefined || next === key) return key;
  return (await accountOf(directoryUrl, next)) === url ? next : key;
}

/** The address of the CA's account for a key, if there is one (RFC 8555, 7.3.1). */
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

/** Sends the CA the contact of the settings if it has another one, or `always` (RFC 8555, 7.3.2), and stores it. */
export async function updateContact(
  { directoryUrl, store, settings, always = false }: AccountPlace & { always?: boolean },
  client: AcmeClient,
  { contact: first }: Account,
): Promise<void> {
  const { contact, accountPrefix } = settings;
  // Apart from the account, so that writing it cannot bring back an old key.
  const parameter = contactParameter(directoryUrl, accountPrefix);
  const sent = (await store.get(parameter)) ?? first;
  if (sent === contact && !always) return;
  await client.updateAccount({ contact: [`mailto:${contact}`] });
  await store.replace(parameter, contact);
}

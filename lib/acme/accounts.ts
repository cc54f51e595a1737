import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod/mini';
import { isAccountLost } from '../core/account-lost.ts';
import { accountParameter } from '../core/account-parameter.ts';
import { parseJson } from '../core/parse-json.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import { AcmeError } from '../ports/certificate-authority.ts';
import { AcmeAuthority } from './acme-authority.ts';
import { AcmeClient } from './acme-client.ts';
import { findExternalAccount } from './external-account.ts';

/** Where accounts are kept; see the parameter store for its promises. */
export interface AccountStore {
  get(name: string): Promise<string | undefined>;
  create(name: string, value: string): Promise<boolean>;
  replace(name: string, value: string): Promise<void>;
}

export interface AccountSettings {
  /** Path of the parameters, without a trailing slash. */
  prefix: string;
  /** The same for the keys of external accounts. */
  eabPrefix: string;
  contact: string;
  agreeToTerms: boolean;
  caaIdentity: string | undefined;
}

const Account = z.strictObject({ key: z.string(), url: z.string() });
type Account = z.infer<typeof Account>;

interface Way {
  store: AccountStore;
  settings: AccountSettings;
}

/**
 * Our account at this CA: the one that is kept, or a new one on first use (RFC 8555, 7.3). In the place of one that was lost
 * comes the one that its key still opens, or else one with a new key.
 */
export async function openAuthority(
  directoryUrl: string,
  way: Way,
  { lost }: { lost?: string } = {},
): Promise<CertificateAuthority> {
  const { store, settings } = way;
  const parameter = accountParameter(directoryUrl, settings.prefix);
  const text = await store.get(parameter);
  const kept = text === undefined ? undefined : parseAccount(text, parameter);
  // What another worker has kept meanwhile is not the lost one.
  const isLost = kept !== undefined && kept.url === lost;
  const account = kept && !isLost ? kept : await keep(directoryUrl, way, kept);
  const client = new AcmeClient({ directoryUrl, accountKey: account.key, accountUrl: account.url });
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: settings.caaIdentity });
}

/** Our account at this CA as it is kept; none is made, and nothing is written. */
export async function openKeptAuthority(
  directoryUrl: string,
  { store, settings }: Way,
): Promise<CertificateAuthority> {
  const parameter = accountParameter(directoryUrl, settings.prefix);
  const text = await store.get(parameter);
  if (text === undefined)
    throw new AcmeError(
      'account-missing',
      `there is no account at ${directoryUrl} (no parameter ${parameter})`,
    );
  const { key, url } = parseAccount(text, parameter);
  const client = new AcmeClient({ directoryUrl, accountKey: key, accountUrl: url });
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: settings.caaIdentity });
}

async function keep(directoryUrl: string, way: Way, lost: Account | undefined): Promise<Account> {
  const { store, settings } = way;
  if (!settings.agreeToTerms) {
    throw new AcmeError(
      'terms-not-agreed',
      `an account at ${directoryUrl} needs your agreement to the CA's terms; set params.agreeToTerms to true in serverless.yml and deploy`,
    );
  }
  const parameter = accountParameter(directoryUrl, settings.prefix);
  const account = lost ? await replaceAccount(directoryUrl, way, lost) : await register(directoryUrl, way);
  const value = JSON.stringify(account);
  if (lost) await store.replace(parameter, value);
  else if (!(await store.create(parameter, value)))
    // Another worker registered first; its account is the one that is kept.
    return parseAccount((await store.get(parameter)) ?? '', parameter);
  return account;
}

/** A CA that was reset takes the old key for a new account; one that deactivated the account never takes the key again. */
async function replaceAccount(directoryUrl: string, way: Way, lost: Account): Promise<Account> {
  try {
    return await register(directoryUrl, way, lost.key);
  } catch (error) {
    if (!(error instanceof AcmeError) || !isAccountLost(error)) throw error;
    return register(directoryUrl, way);
  }
}

/** RFC 8555, 7.3.1: for a key that has an account already, the CA answers with that one. */
async function register(
  directoryUrl: string,
  { store, settings }: Way,
  key = newAccountKey(),
): Promise<Account> {
  const client = new AcmeClient({ directoryUrl, accountKey: key });
  const external = await findExternalAccount(directoryUrl, {
    store,
    prefix: settings.eabPrefix,
    isRequired: async () => (await client.http.getMetaField('externalAccountRequired')) === true,
  });
  if (external) client.http.externalAccountBinding = external;
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${settings.contact}`] });
  return { key, url: client.getAccountUrl() };
}

function parseAccount(text: string, parameter: string): Account {
  const where = `parameter ${parameter}`;
  return parseJson(text, Account, { where, reason: 'account-malformed', secret: true });
}

function newAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod/mini';
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

/** Our account at this CA: the one that is kept, or a new one on first use (RFC 8555, 7.3). */
export async function openAuthority(
  directoryUrl: string,
  { store, settings }: { store: AccountStore; settings: AccountSettings },
): Promise<CertificateAuthority> {
  const parameter = accountParameter(directoryUrl, settings.prefix);
  const kept = await store.get(parameter);
  const account =
    kept === undefined ? await register(directoryUrl, { store, settings }) : parseAccount(kept, parameter);
  const client = new AcmeClient({ directoryUrl, accountKey: account.key, accountUrl: account.url });
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: settings.caaIdentity });
}

async function register(
  directoryUrl: string,
  { store, settings }: { store: AccountStore; settings: AccountSettings },
) {
  if (!settings.agreeToTerms) {
    throw new AcmeError(
      'terms-not-agreed',
      `an account at ${directoryUrl} needs your agreement to the CA's terms; set params.agreeToTerms to true in serverless.yml and deploy`,
    );
  }
  const parameter = accountParameter(directoryUrl, settings.prefix);
  const key = newAccountKey();
  const client = new AcmeClient({ directoryUrl, accountKey: key });
  const external = await findExternalAccount(directoryUrl, {
    store,
    prefix: settings.eabPrefix,
    isRequired: async () => (await client.http.getMetaField('externalAccountRequired')) === true,
  });
  if (external) client.http.externalAccountBinding = external;
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${settings.contact}`] });
  const account = { key, url: client.getAccountUrl() };
  if (await store.create(parameter, JSON.stringify(account))) return account;
  // Another worker registered first; its account is the one that is kept.
  return parseAccount((await store.get(parameter)) ?? '', parameter);
}

function parseAccount(text: string, parameter: string) {
  const where = `parameter ${parameter}`;
  return parseJson(text, Account, { where, reason: 'account-malformed', secret: true });
}

function newAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

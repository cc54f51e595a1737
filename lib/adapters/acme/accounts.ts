import * as z from 'zod/mini';
import { parseJson } from '../../foundation/common/parse-json.ts';
import type { CertificateAuthority } from '../../issuance/ca/certificate-authority.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import { accountParameter, eabParameter } from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeAuthority } from './acme-authority.ts';
import { AcmeClient } from './acme-client.ts';
import {
  type Account,
  type AccountContext,
  keyInUse,
  newAccountKey,
  parseAccount,
  storedAccount,
  updateContact,
} from './stored-account.ts';

/**
 * Our account at this CA: the one that is kept, or a new one on first use (RFC 8555, 7.3). In the place of one that was lost
 * comes the one that its key still opens, or else one with a new key.
 */
export async function openAuthority(
  directoryUrl: string,
  way: AccountContext,
  { lost }: { lost?: string } = {},
): Promise<CertificateAuthority> {
  const { settings } = way;
  const kept = await storedAccount(directoryUrl, way);
  // What another worker has kept meanwhile is not the lost one.
  const isLost = kept !== undefined && kept.url === lost;
  const account =
    kept && !isLost
      ? { ...kept, key: await keyInUse(directoryUrl, kept, way) }
      : await keep(directoryUrl, way, kept);
  const client = new AcmeClient({ directoryUrl, accountKey: account.key, accountUrl: account.url });
  await updateContact(client, account, { directoryUrl, ...way }).catch(way.onTrouble ?? (() => {}));
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: settings.caaIdentity });
}

/** Our account at this CA as it is kept; none is made, and nothing is written. */
export async function openStoredAuthority(
  directoryUrl: string,
  way: AccountContext,
): Promise<CertificateAuthority> {
  const kept = await storedAccount(directoryUrl, way);
  if (!kept) throw new AcmeError('account-missing', `there is no account at ${directoryUrl}`);
  const accountKey = await keyInUse(directoryUrl, kept, way);
  const client = new AcmeClient({ directoryUrl, accountKey, accountUrl: kept.url });
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: way.settings.caaIdentity });
}

async function keep(directoryUrl: string, way: AccountContext, lost: Account | undefined): Promise<Account> {
  const { store, settings } = way;
  if (!settings.agreeToTerms) {
    throw new AcmeError('terms-not-agreed', {
      seen: `an account at ${directoryUrl} needs your agreement to the CA's terms`,
      remedy: 'set params.agreeToTerms to true in serverless.yml and deploy',
    });
  }
  const parameter = accountParameter(directoryUrl, settings.accountPrefix);
  const account = lost ? await replaceAccount(directoryUrl, way, lost) : await register(directoryUrl, way);
  const value = JSON.stringify(account);
  if (lost) await store.replace(parameter, value, account.url);
  else if (!(await store.create(parameter, value, account.url)))
    // Another worker registered first; its account is the one that is kept.
    return parseAccount((await store.get(parameter)) ?? '', parameter);
  return account;
}

/** A CA that was reset takes the old key for a new account; one that deactivated the account never takes the key again. */
async function replaceAccount(directoryUrl: string, way: AccountContext, lost: Account): Promise<Account> {
  try {
    return await register(directoryUrl, way, lost.key);
  } catch (error) {
    if (!(error instanceof AcmeError) || !isAccountLost(error)) throw error;
    return register(directoryUrl, way);
  }
}

/** RFC 8555, 7.3.1: for a key that has an account already, the CA answers with that one. */
async function register(directoryUrl: string, way: AccountContext, key = newAccountKey()): Promise<Account> {
  const { contact } = way.settings;
  const client = new AcmeClient({ directoryUrl, accountKey: key });
  const external = await findExternalAccount(directoryUrl, way, client);
  if (external) client.http.externalAccountBinding = external;
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${contact}`] });
  return { key, url: client.getAccountUrl(), contact };
}

/** What a CA gives its customers to bind an ACME account to theirs (RFC 8555, 7.3.4); the key in base64url. */
const ExternalAccount = z.strictObject({
  kid: z.string().check(z.regex(/^[\x21-\x7e]+$/, 'must be the key identifier that the CA gave you')),
  hmacKey: z.string().check(z.regex(/^[A-Za-z0-9_+/-]{16,}=*$/, 'must be the HMAC key in base64url')),
});

/** The external account at a CA; `undefined` when none is kept and none is needed. */
export async function findExternalAccount(
  directoryUrl: string,
  { store, settings }: AccountContext,
  { http }: AcmeClient,
): Promise<z.infer<typeof ExternalAccount> | undefined> {
  const parameter = eabParameter(directoryUrl, settings.eabPrefix);
  const text = await store.get(parameter);
  if (text !== undefined) {
    const where = `parameter ${parameter}`;
    return parseJson(text, ExternalAccount, { where, reason: 'external-account-malformed', secret: true });
  }
  if ((await http.getMetaField('externalAccountRequired')) !== true) return undefined;
  throw new AcmeError('external-account-missing', {
    seen: `the CA ${new URL(directoryUrl).host} makes accounts for its customers only`,
    remedy: `put the key that it gave you there with: aws ssm put-parameter --type SecureString --name ${parameter} --value '{"kid": "...", "hmacKey": "..."}'`,
  });
}

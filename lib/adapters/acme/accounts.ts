import type { CertificateAuthority } from '../../issuance/ca/certificate-authority.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import { accountParameter } from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeAuthority } from './acme-authority.ts';
import { AcmeClient } from './acme-client.ts';
import { findExternalAccount } from './external-account.ts';
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
async function register(
  directoryUrl: string,
  { store, settings }: AccountContext,
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
  return { key, url: client.getAccountUrl(), contact: settings.contact };
}

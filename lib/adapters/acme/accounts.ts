import * as z from 'zod/mini';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { AcmeError, type CertificateAuthority } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import {
  accountDescription,
  accountParameter,
  eabParameter,
} from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeAuthority } from './acme-authority.ts';
import { AcmeClient } from './acme-client.ts';
import {
  type Account,
  type AccountContext,
  type AccountPlace,
  keyInUse,
  newAccountKey,
  parseAccount,
  storedAccount,
  updateContact,
} from './stored-account.ts';
import { thumbprintOfKey } from './thumbprint.ts';

/** Opens our account at this CA, or makes one on first use (RFC 8555, 7.3) or in place of the `lost` one. */
export async function openAuthority(
  directoryUrl: string,
  context: AccountContext,
  { lost }: { lost?: string } = {},
): Promise<CertificateAuthority> {
  const place = { ...context, directoryUrl };
  const stored = await storedAccount(place);
  // Another worker may have replaced the lost account already.
  const account =
    stored && stored.url !== lost
      ? { ...stored, key: await keyInUse(place, stored) }
      : await makeAccount(place, stored);
  const client = new AcmeClient({ directoryUrl, accountKey: account.key, accountUrl: account.url });
  await updateContact(place, client, account).catch(context.onTrouble ?? (() => {}));
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: context.settings.caaIdentity });
}

/** Opens our account at this CA. Makes none, and writes nothing. */
export async function openStoredAuthority(
  directoryUrl: string,
  { store, settings }: AccountContext,
): Promise<CertificateAuthority> {
  const place = { store, settings, directoryUrl };
  const stored = await storedAccount(place);
  if (!stored) throw new AcmeError('account-missing', `there is no account at ${directoryUrl}`);
  const accountKey = await keyInUse(place, stored);
  const client = new AcmeClient({ directoryUrl, accountKey, accountUrl: stored.url });
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: settings.caaIdentity });
}

async function makeAccount(place: AccountPlace, lost: Account | undefined): Promise<Account> {
  const { directoryUrl, store, settings } = place;
  if (!settings.agreeToTerms)
    throw new AcmeError('terms-not-agreed', {
      seen: `an account at ${directoryUrl} needs your agreement to the CA's terms`,
      remedy: 'set params.agreeToTerms to true in serverless.yml and deploy',
    });
  const parameter = accountParameter(directoryUrl, settings.accountPrefix);
  const account = lost ? await replaceAccount(place, lost) : await register(place);
  const value = JSON.stringify(account);
  const inTheOpen = accountDescription({ url: account.url, thumbprint: thumbprintOfKey(account.key) });
  if (lost) await store.replace(parameter, value, inTheOpen);
  else if (!(await store.create(parameter, value, inTheOpen)))
    // Another worker registered first; its account counts.
    return parseAccount((await store.get(parameter)) ?? '', parameter);
  return account;
}

/** A CA that was reset takes the old key for a new account; one that deactivated the account never takes the key again. */
async function replaceAccount(place: AccountPlace, lost: Account): Promise<Account> {
  return register(place, lost.key).catch((error) => {
    if (!(error instanceof AcmeError) || !isAccountLost(error)) throw error;
    return register(place);
  });
}

/** RFC 8555, 7.3.1: for a key that has an account already, the CA answers with that one. */
async function register(place: AccountPlace, key = newAccountKey()): Promise<Account> {
  const { directoryUrl, settings } = place;
  const { contact } = settings;
  const client = new AcmeClient({ directoryUrl, accountKey: key });
  const external = await findExternalAccount(directoryUrl, place, client);
  if (external) client.http.externalAccountBinding = external;
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${contact}`] });
  return { key, url: client.getAccountUrl(), contact };
}

/** Binds an ACME account to a customer's account at the CA (RFC 8555, 7.3.4). */
const ExternalAccount = z.strictObject({
  kid: z.string().check(z.regex(/^[\x21-\x7e]+$/, 'must be the key identifier that the CA gave you')),
  hmacKey: z.string().check(z.regex(/^[A-Za-z0-9_+/-]{16,}=*$/, 'must be the HMAC key in base64url')),
});

/** The external account at a CA; `undefined` when none is stored and none is needed. */
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

import * as z from 'zod/mini';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type CertificateAuthority } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import { accountParameter, eabParameters } from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeAuthority } from './acme-authority.ts';
import { AcmeClient } from './acme-client.ts';
import {
  type Account,
  type AccountContext,
  type AccountPlace,
  type AccountSettings,
  keyInUse,
  newAccountKey,
  parseAccount,
  storedAccount,
  updateContact,
} from './stored-account.ts';

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
  if (lost) await store.replace(parameter, value, account.url);
  else if (!(await store.create(parameter, value, account.url)))
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
  const account = { termsOfServiceAgreed: true, contact: [`mailto:${contact}`] };
  await client.createAccount(account).catch((error) => {
    throw explainExternal(error, directoryUrl, place, external !== undefined);
  });
  return { key, url: client.getAccountUrl(), contact };
}

/** Binds an ACME account to a customer's account at the CA (RFC 8555, 7.3.4). */
const ExternalAccount = z.strictObject({
  kid: z.string().check(z.regex(/^[\x21-\x7e]+$/, 'must be the key identifier that the CA gave you')),
  hmacKey: z.string().check(z.regex(/^[A-Za-z0-9_+/-]{16,}=*$/, 'must be the HMAC key in base64url')),
});

/** The external account at a CA; `undefined` when none is stored and the CA does not say that it needs one. */
export async function findExternalAccount(
  directoryUrl: string,
  { store, settings }: AccountContext,
  { http }: AcmeClient,
): Promise<z.infer<typeof ExternalAccount> | undefined> {
  const { ofDirectory, ofHost } = eabParameters(directoryUrl, settings.eabPrefix);
  for (const parameter of [ofDirectory, ofHost]) {
    const text = await store.get(parameter);
    const where = `parameter ${parameter}`;
    if (text !== undefined)
      return parseJson(text, ExternalAccount, { where, reason: 'external-account-malformed', secret: true });
  }
  if ((await http.getMetaField('externalAccountRequired')) !== true) return undefined;
  throw externalAccountMissing(directoryUrl, settings);
}

function externalAccountMissing(directoryUrl: string, { eabPrefix }: AccountSettings): AcmeError {
  const { ofDirectory, ofHost } = eabParameters(directoryUrl, eabPrefix);
  return new AcmeError('external-account-missing', {
    seen: `the CA ${new URL(directoryUrl).host} makes accounts for its customers only`,
    remedy: `put the key that it gave you there with: ${putParameter(ofHost)}; where others of that host have keys of their own, name it ${ofDirectory}`,
  });
}

/** Some CAs ask for an external account though their directory does not say so; keys expire, or make one account only. */
function explainExternal(
  error: unknown,
  directoryUrl: string,
  { settings }: AccountPlace,
  isBound: boolean,
): unknown {
  if (!(error instanceof AcmeError) || isOfKind(error.reason, 'ca-down')) return error;
  const { ofHost } = eabParameters(directoryUrl, settings.eabPrefix);
  if (!isBound)
    return error.reason === 'acme-external-account-required'
      ? externalAccountMissing(directoryUrl, settings)
      : error;
  const { seen, retryAfterMs } = error;
  const remedy = `if its key of the external account has expired, or has made an account already, get a new one there and put it with: ${putParameter(ofHost)} --overwrite`;
  return new AcmeError(
    error.reason,
    { seen, remedy: error.remedy || remedy, cause: error },
    { retryAfterMs },
  );
}

function putParameter(parameter: string): string {
  return `aws ssm put-parameter --type SecureString --name ${parameter} --value '{"kid": "...", "hmacKey": "..."}'`;
}

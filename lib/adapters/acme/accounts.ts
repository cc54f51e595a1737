import {
  accountKey,
  externalAccountKey,
  hostExternalAccountKey,
} from '../../foundation/certificate/object-keys.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type CertificateAuthority } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import { ExternalAccount } from '../../issuance/ca/rules/external-account.ts';
import type { AccountContext, AccountPlace, AccountReader, EarlierAccounts } from './account-context.ts';
import { AcmeAuthority } from './acme-authority.ts';
import { AcmeClient } from './acme-client.ts';
import { listedAccount } from './kept-accounts.ts';
import {
  type Account,
  contactTold,
  keyInUse,
  newAccountKey,
  ownAccount,
  showAddress,
  storedAccount,
  updateContact,
} from './stored-account.ts';
import { readingEarlier } from './take-over.ts';

type Stored = { account: Account; etag: string };

/** Opens our account at this CA, or makes one on first use (RFC 8555, 7.3) or in place of the `lost` one. */
export async function openAuthority(
  directoryUrl: string,
  context: AccountContext,
  { lost }: { lost?: string } = {},
): Promise<CertificateAuthority> {
  const place = { ...context, directoryUrl };
  const onTrouble = context.onTrouble ?? (() => {});
  const reads = listedAccount(place);
  const stored = await ownAccount(place, { externalAccount: true, reads });
  // Another worker may have replaced the lost account already.
  const account = stored && stored.account.url !== lost ? stored.account : await makeAccount(place, stored);
  const reading = account === stored?.account ? { store: reads, directoryUrl } : place;
  const accountKey = await keyInUse(reading, account);
  const client = new AcmeClient({ directoryUrl, accountKey, accountUrl: account.url });
  await showAddress(place, { ...account, key: accountKey }).catch(onTrouble);
  const told = contactTold(reading, account);
  await told.then((contact) => updateContact(place, client, contact)).catch(onTrouble);
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: context.settings.caaIdentity });
}

interface ReadContext {
  store: AccountReader;
  earlier?: Pick<EarlierAccounts, 'get'>;
  settings: AccountContext['settings'];
}

/** Opens our account at this CA. Makes none, and writes nothing. */
export async function openStoredAuthority(
  directoryUrl: string,
  { store: bucket, earlier, settings }: ReadContext,
): Promise<CertificateAuthority> {
  const store = earlier ? readingEarlier({ store: bucket, earlier, settings, directoryUrl }) : bucket;
  const stored = await storedAccount({ store, directoryUrl });
  if (!stored) throw new AcmeError('account-missing', `there is no account at ${directoryUrl}`);
  const accountKey = await keyInUse({ store, directoryUrl }, stored.account);
  const client = new AcmeClient({ directoryUrl, accountKey, accountUrl: stored.account.url });
  return new AcmeAuthority(client, { directoryUrl, caaIdentity: settings.caaIdentity });
}

async function makeAccount(place: AccountPlace, lost: Stored | undefined): Promise<Account> {
  const { directoryUrl, store, settings } = place;
  if (!settings.agreeToTerms)
    throw new AcmeError('terms-not-agreed', {
      seen: `an account at ${directoryUrl} needs your agreement to the CA's terms`,
      remedy: 'set agreeToTerms to true in settings.yml and deploy',
    });
  const account = lost ? await replaceAccount(place, lost.account) : await register(place);
  const key = accountKey(directoryUrl);
  const body = JSON.stringify(account);
  if (await (lost ? store.replace(key, body, { etag: lost.etag }) : store.create(key, body))) return account;
  // Another worker registered first; its account counts.
  return (await storedAccount(place))?.account ?? account;
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
    throw explainExternal(error, directoryUrl, external !== undefined);
  });
  return { key, url: client.getAccountUrl(), contact };
}

/** The external account at a CA; `undefined` when none is stored and the CA does not say that it needs one. */
export async function findExternalAccount(
  directoryUrl: string,
  { store }: { store: AccountReader },
  { http }: AcmeClient,
): Promise<ExternalAccount | undefined> {
  for (const where of [externalAccountKey(directoryUrl), hostExternalAccountKey(directoryUrl)]) {
    const stored = await store.get(where);
    const how = { where, reason: 'external-account-malformed', secret: true } as const;
    if (stored) return parseJson(stored.body, ExternalAccount, how);
  }
  if ((await http.getMetaField('externalAccountRequired')) !== true) return undefined;
  throw externalAccountMissing(directoryUrl);
}

function externalAccountMissing(directoryUrl: string): AcmeError {
  return new AcmeError('external-account-missing', {
    seen: `the CA ${new URL(directoryUrl).host} makes accounts for its customers only`,
    remedy: `put the key that it gave you there with: ${putKey(directoryUrl)}`,
  });
}

/** Some CAs ask for an external account though their directory does not say so; keys expire, or make one account only. */
function explainExternal(error: unknown, directoryUrl: string, isBound: boolean): unknown {
  if (!(error instanceof AcmeError) || isOfKind(error.reason, 'ca-down')) return error;
  if (!isBound)
    return error.reason === 'acme-external-account-required' ? externalAccountMissing(directoryUrl) : error;
  const { seen, retryAfterMs } = error;
  const remedy = `if its key of the external account has expired, or has made an account already, get a new one there and put it with: ${putKey(directoryUrl)}`;
  return new AcmeError(
    error.reason,
    { seen, remedy: error.remedy || remedy, cause: error },
    { retryAfterMs },
  );
}

function putKey(directoryUrl: string): string {
  return `npx --no-install perennial-tls eab KID --ca ${directoryUrl} < FILE`;
}

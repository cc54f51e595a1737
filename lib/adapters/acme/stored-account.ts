import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import { accountParameter, nextKeyParameter } from '../../issuance/ca/rules/account-parameter.ts';
import type { AccountContext } from './account-store.ts';
import { AcmeClient } from './acme-client.ts';

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

import { generateKeyPairSync } from 'node:crypto';
import * as z from 'zod/mini';
import {
  accountContactKey,
  accountKey,
  accountUrlKey,
  nextAccountKey,
} from '../../foundation/certificate/object-keys.ts';
import { ownObject } from '../../foundation/common/own-object.ts';
import { orNone, parseJson } from '../../foundation/common/parse-json.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { isAccountLost } from '../../issuance/ca/rules/account-lost.ts';
import type { AccountPlace, AccountReader } from './account-context.ts';
import { AcmeClient } from './acme-client.ts';
import { takeOver } from './take-over.ts';
import { thumbprintOfKey } from './thumbprint.ts';

type ReadPlace = { store: AccountReader; directoryUrl: string };

/** An account as stored: key in PEM, address, and the contact that it was made with. */
const Account = ownObject({ key: z.string(), url: z.string(), contact: z.optional(z.string()) });
export type Account = z.infer<typeof Account>;

const Contact = z.object({ contact: z.string() });

/** Takes over what an older version kept elsewhere, and reads the account. */
export async function ownAccount(
  place: AccountPlace,
  { externalAccount = false, reads = place.store }: { externalAccount?: boolean; reads?: AccountReader } = {},
) {
  const { earlier, directoryUrl, onTrouble = () => {} } = place;
  if (!earlier) return storedAccount({ directoryUrl, store: reads });
  const addressOf = place.addressOf ?? ((key: string) => accountOf(directoryUrl, key));
  const taking = takeOver({ ...place, earlier, addressOf }, { externalAccount });
  const trouble = await taking.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const stored = await storedAccount({ directoryUrl, store: reads });
  if (trouble && !stored) throw trouble.error;
  if (trouble) onTrouble(trouble.error);
  return stored;
}

/** The account and the etag that it is replaced at. */
export async function storedAccount({
  directoryUrl,
  store,
}: ReadPlace): Promise<{ account: Account; etag: string } | undefined> {
  const where = accountKey(directoryUrl);
  const stored = await store.get(where);
  if (!stored) return undefined;
  const account = parseJson(stored.body, Account, { where, reason: 'account-malformed', secret: true });
  return { account, etag: stored.etag };
}

/** The account's key. After an unfinished rollover it asks the CA which of the two keys it has. */
export async function keyInUse({ directoryUrl, store }: ReadPlace, { key, url }: Account): Promise<string> {
  const next = (await store.get(nextAccountKey(directoryUrl)))?.body;
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

/**
 * Writes the address and the key's thumbprint where roles without access to the key can read them. Opening the account repairs
 * that, once in a process.
 */
export async function showAddress(
  { directoryUrl, store, kept }: AccountPlace,
  { url, key: own }: Account,
): Promise<void> {
  const body = JSON.stringify({ url, thumbprint: thumbprintOfKey(own) });
  const key = accountUrlKey(directoryUrl);
  if (kept?.shown.get(key) === body) return;
  if ((await store.get(key))?.body !== body) await store.put(key, body);
  kept?.shown.set(key, body);
}

/** The contact that the CA was told last. */
export async function contactTold({ directoryUrl, store }: ReadPlace, { contact }: Account) {
  return orNone((await store.get(accountContactKey(directoryUrl)))?.body, Contact)?.contact ?? contact;
}

/** Sends the CA the contact of the settings unless it is the one that was `told` last (RFC 8555, 7.3.2), and stores it. */
export async function updateContact(
  place: AccountPlace,
  client: AcmeClient,
  told?: string | undefined,
): Promise<void> {
  const { contact } = place.settings;
  if (told === contact) return;
  await client.updateAccount({ contact: [`mailto:${contact}`] });
  // Apart from the account, so that writing it cannot bring back an old key.
  await place.store.put(accountContactKey(place.directoryUrl), JSON.stringify({ contact }));
}

import { contactParameter } from '../../issuance/ca/rules/account-parameter.ts';
import type { AccountContext } from './account-store.ts';
import type { AcmeClient } from './acme-client.ts';
import type { Account } from './stored-account.ts';

/**
 * Tells the CA the contact of the settings where it was last told another one (RFC 8555, 7.3.2), and keeps beside the
 * account what it was told; `always` tells it in any case.
 */
export async function updateContact(
  client: AcmeClient,
  { contact: first }: Account,
  {
    directoryUrl,
    store,
    settings,
    always = false,
  }: Pick<AccountContext, 'store' | 'settings'> & { directoryUrl: string; always?: boolean },
): Promise<void> {
  const { contact, accountPrefix } = settings;
  // Apart from the account, so that nobody who writes it can write back an old key.
  const parameter = contactParameter(directoryUrl, accountPrefix);
  const told = (await store.get(parameter)) ?? first;
  if (told === contact && !always) return;
  await client.updateAccount({ contact: [`mailto:${contact}`] });
  await store.replace(parameter, contact);
}

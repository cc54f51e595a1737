import { createPublicKey } from 'node:crypto';
import { spkiHash } from '../../foundation/certificate/leaf.ts';
import type { AccountFound, Accounts } from '../../issuance/ca/accounts.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import {
  accountParameter,
  contactParameter,
  nextKeyParameter,
} from '../../issuance/ca/rules/account-parameter.ts';
import { AcmeClient } from './acme-client.ts';
import {
  type Account,
  type AccountContext,
  type AccountStore,
  accountOf,
  keyInUse,
  newAccountKey,
  storedAccount,
  updateContact,
} from './stored-account.ts';

type ChangeContext = AccountContext & { store: AccountStore & { remove(name: string): Promise<void> } };

/** What a person may do with our account at a CA. */
export class StoredAccounts implements Accounts {
  readonly #context: ChangeContext;

  constructor(context: ChangeContext) {
    this.#context = context;
  }

  async show(directoryUrl: string): Promise<AccountFound> {
    const { store, settings } = this.#context;
    const account = await this.#account(directoryUrl);
    const key = await keyInUse({ store, settings, directoryUrl }, account);
    const next = await store.get(nextKeyParameter(directoryUrl, settings.accountPrefix));
    const there = await accountOf(directoryUrl, key);
    return {
      ca: directoryUrl,
      url: account.url,
      atCa: there === account.url ? 'found' : 'not-found',
      contact: (await store.get(contactParameter(directoryUrl, settings.accountPrefix))) ?? account.contact,
      keyFingerprint: spkiHash(createPublicKey(key)),
      rolloverOpen: next !== undefined && next !== account.key,
    };
  }

  /**
   * RFC 8555, 7.3.5. The new key is stored before the CA gets it, so concurrent calls share one, and `keyInUse` finds the
   * right key after an unfinished rollover. A second call finishes it.
   */
  async rollOver(directoryUrl: string): Promise<void> {
    const { store, settings } = this.#context;
    const account = await this.#account(directoryUrl);
    const parameter = nextKeyParameter(directoryUrl, settings.accountPrefix);
    if ((await store.get(parameter)) === account.key) await store.remove(parameter);
    const made = newAccountKey();
    const next = (await store.create(parameter, made)) ? made : ((await store.get(parameter)) ?? made);
    if ((await accountOf(directoryUrl, next)) !== account.url) await changeKey(directoryUrl, account, next);
    const value = JSON.stringify({ ...account, key: next });
    await store.replace(accountParameter(directoryUrl, settings.accountPrefix), value, account.url);
    await store.remove(parameter);
  }

  async updateContact(directoryUrl: string): Promise<void> {
    const place = { ...this.#context, directoryUrl, always: true };
    const account = await this.#account(directoryUrl);
    const accountKey = await keyInUse(place, account);
    await updateContact(
      place,
      new AcmeClient({ directoryUrl, accountKey, accountUrl: account.url }),
      account,
    );
  }

  async #account(directoryUrl: string): Promise<Account> {
    const account = await storedAccount({ ...this.#context, directoryUrl });
    if (account) return account;
    const seen = `there is no account at ${directoryUrl}`;
    throw new AcmeError('account-missing', { seen, remedy: 'the first order makes it' });
  }
}

async function changeKey(directoryUrl: string, { key, url }: Account, next: string): Promise<void> {
  const old = new AcmeClient({ directoryUrl, accountKey: key, accountUrl: url });
  const signer = new AcmeClient({ directoryUrl, accountKey: next });
  const keyChange = await old.http.getResourceUrl('keyChange');
  const inner = signer.http.createSignedBody(keyChange, { account: url, oldKey: old.http.getJwk() });
  await old.api.apiRequest(keyChange, inner, [200]);
}

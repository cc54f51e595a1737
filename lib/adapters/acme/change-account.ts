import { createPublicKey } from 'node:crypto';
import { spkiHash } from '../../foundation/certificate/leaf.ts';
import type { AccountFound, Accounts } from '../../issuance/ca/accounts.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import {
  accountDescription,
  accountParameter,
  contactParameter,
  nextKeyParameter,
} from '../../issuance/ca/rules/account-parameter.ts';
import type { AccountIssuer } from '../../issuance/dns/rules/persist-record.ts';
import { AcmeClient } from './acme-client.ts';
import { readDirectory } from './directory.ts';
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
import { thumbprintOfKey } from './thumbprint.ts';

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
    const next = await this.#nextKey(directoryUrl, account);
    if ((await accountOf(directoryUrl, next)) !== account.url) await changeKey(directoryUrl, account, next);
    const value = JSON.stringify({ ...account, key: next });
    const inTheOpen = accountDescription({ url: account.url, thumbprint: thumbprintOfKey(next) });
    await store.replace(accountParameter(directoryUrl, settings.accountPrefix), value, inTheOpen);
    await store.remove(nextKeyParameter(directoryUrl, settings.accountPrefix));
  }

  async nextIssuer(directoryUrl: string): Promise<AccountIssuer | undefined> {
    const { caaIdentity, standing } = await readDirectory(directoryUrl);
    const identity = standing.issuer ?? caaIdentity ?? this.#context.settings.caaIdentity;
    const { accountHashPrefix: prefix } = standing;
    if (prefix === undefined || identity === undefined) return undefined;
    const account = await this.#account(directoryUrl);
    const thumbprint = thumbprintOfKey(await this.#nextKey(directoryUrl, account));
    return { identity, accountUri: account.url, hash: { prefix, thumbprint } };
  }

  /** The key that the account is about to get, made on first use and kept. */
  async #nextKey(directoryUrl: string, { key }: Account): Promise<string> {
    const { store, settings } = this.#context;
    const parameter = nextKeyParameter(directoryUrl, settings.accountPrefix);
    if ((await store.get(parameter)) === key) await store.remove(parameter);
    const made = newAccountKey();
    return (await store.create(parameter, made)) ? made : ((await store.get(parameter)) ?? made);
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

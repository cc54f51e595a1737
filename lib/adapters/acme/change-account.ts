import { createPublicKey } from 'node:crypto';
import { StoreError } from '../../foundation/bucket/object-store.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { spkiHash } from '../../foundation/certificate/leaf.ts';
import { accountKey, nextAccountKey } from '../../foundation/certificate/object-keys.ts';
import type { AccountFound, Accounts } from '../../issuance/ca/accounts.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import type { AccountIssuer } from '../../issuance/dns/rules/issuer.ts';
import type { AccountContext } from './account-context.ts';
import { AcmeClient } from './acme-client.ts';
import { readDirectory } from './directory.ts';
import {
  type Account,
  accountOf,
  contactTold,
  keyInUse,
  newAccountKey,
  ownAccount,
  showAddress,
  storedAccount,
  updateContact,
} from './stored-account.ts';
import { thumbprintOfKey } from './thumbprint.ts';

/** What a person may do with our account at a CA. */
export class StoredAccounts implements Accounts {
  readonly #context: AccountContext;

  constructor(context: AccountContext) {
    this.#context = context;
  }

  async show(directoryUrl: string): Promise<AccountFound> {
    const { store } = this.#context;
    const { account } = await this.#account(directoryUrl);
    const key = await keyInUse({ store, directoryUrl }, account);
    const next = (await store.get(nextAccountKey(directoryUrl)))?.body;
    const there = await accountOf(directoryUrl, key);
    return {
      ca: directoryUrl,
      url: account.url,
      atCa: there === account.url ? 'found' : 'not-found',
      contact: await contactTold({ store, directoryUrl }, account),
      keyFingerprint: spkiHash(createPublicKey(key)),
      rolloverOpen: next !== undefined && next !== account.key,
    };
  }

  /**
   * RFC 8555, 7.3.5. The new key is stored before the CA gets it, so concurrent calls share one, and `keyInUse` finds the
   * right key after an unfinished rollover. A second call finishes it.
   */
  async rollOver(directoryUrl: string): Promise<void> {
    const { store } = this.#context;
    const { account, etag } = await this.#account(directoryUrl);
    const next = await this.#nextKey(directoryUrl, account);
    if ((await accountOf(directoryUrl, next)) !== account.url) await changeKey(directoryUrl, account, next);
    const where = accountKey(directoryUrl);
    const isWritten = await store.replace(where, JSON.stringify({ ...account, key: next }), { etag });
    // Another call may have ended the same rollover.
    if (!isWritten && (await storedAccount({ store, directoryUrl }))?.account.key !== next)
      throw new StoreError('store-unavailable', {
        seen: `${where} was changed meanwhile`,
        remedy: 'roll over once more',
      });
    const { onTrouble = () => {} } = this.#context;
    await showAddress({ ...this.#context, directoryUrl }, { ...account, key: next }).catch(onTrouble);
    const key = nextAccountKey(directoryUrl);
    const left = await store.get(key);
    if (left?.body === next) await store.remove(key, { etag: left.etag });
  }

  async nextIssuer(directoryUrl: string): Promise<AccountIssuer | undefined> {
    const { caaIdentity, standing } = await readDirectory(directoryUrl);
    const identity = standing.issuer ?? caaIdentity ?? this.#context.settings.caaIdentity;
    const { accountHashPrefix: prefix } = standing;
    if (prefix === undefined || identity === undefined) return undefined;
    const { account } = await this.#account(directoryUrl);
    const thumbprint = thumbprintOfKey(await this.#nextKey(directoryUrl, account));
    return { identity, accountUri: account.url, hash: { prefix, thumbprint } };
  }

  /** The key that the account is about to get, made on first use and kept. */
  async #nextKey(directoryUrl: string, { key }: Account): Promise<string> {
    const where = nextAccountKey(directoryUrl);
    // One that is the account's already was left by a rollover that ended.
    const { body } = await updateObject(this.#context.store, where, (left: string | undefined) => ({
      body: left === undefined || left === key ? newAccountKey() : left,
    }));
    return body;
  }

  async updateContact(directoryUrl: string): Promise<void> {
    const place = { ...this.#context, directoryUrl };
    const { account } = await this.#account(directoryUrl);
    const accountKey = await keyInUse(place, account);
    const client = new AcmeClient({ directoryUrl, accountKey, accountUrl: account.url });
    await updateContact(place, client);
  }

  async #account(directoryUrl: string): Promise<{ account: Account; etag: string }> {
    const place = { ...this.#context, directoryUrl };
    const stored = await ownAccount(place);
    if (stored) {
      const key = await keyInUse(place, stored.account);
      await showAddress(place, { ...stored.account, key }).catch(this.#context.onTrouble ?? (() => {}));
      return stored;
    }
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

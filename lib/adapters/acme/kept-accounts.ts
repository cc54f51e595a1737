import { accountKeysPrefix } from '../../foundation/certificate/object-keys.ts';
import { once } from '../../foundation/common/once.ts';
import type { AccountPlace, AccountReader, KeptAccounts } from './account-context.ts';

export const nothingKept = (): KeptAccounts => ({ read: new Map(), shown: new Map() });

/**
 * Lists an account's objects when it is first asked, and reads of them only what is there and was not read before: an account
 * that another worker has changed has another etag.
 */
export function listedAccount({ directoryUrl, store, kept = nothingKept() }: AccountPlace): AccountReader {
  const listed = once(async (prefix: string) => {
    return new Map((await store.list(prefix)).map(({ key, etag }) => [key, etag]));
  });
  return {
    get: async (key) => {
      const etag = (await listed(accountKeysPrefix(directoryUrl))).get(key);
      if (etag === undefined) return undefined;
      const known = kept.read.get(key);
      if (known?.etag === etag) return known;
      const stored = await store.get(key);
      if (stored) kept.read.set(key, stored);
      return stored;
    },
  };
}

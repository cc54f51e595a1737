import { type ObjectStore, StoreError } from './object-store.ts';

const MAX_CONFLICTS = 8;

/**
 * Changes an object that others change too, with If-Match, and returns the change that was written: `change` gets the text and
 * returns the new one as `body` (`undefined` for no object); it may be called again. Throws {@link StoreError}.
 */
export async function updateObject<Change extends { body: string | undefined }>(
  store: ObjectStore,
  key: string,
  change: (text: string | undefined) => Change | Promise<Change>,
): Promise<Change> {
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
    const stored = await store.get(key);
    const changed = await change(stored?.body);
    const { body } = changed;
    if (body === stored?.body) return changed;
    if (body === undefined) {
      await store.remove(key, { etag: stored?.etag ?? '' });
      return changed;
    }
    const written = await (stored
      ? store.replace(key, body, { etag: stored.etag })
      : store.create(key, body));
    if (written) return changed;
  }
  throw new StoreError('store-unavailable', `${key} kept changing`);
}

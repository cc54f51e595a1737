import { ACM_PREFIX, GROUPS_PREFIX, HOSTS_PREFIX } from '../certificate/object-keys.ts';
import { type ObjectStore, type StoredObject, StoreError } from './object-store.ts';

const MAX_CONFLICTS = 8;

/** What each scan compares with the pointers. */
const COMPARED = [ACM_PREFIX, GROUPS_PREFIX, HOSTS_PREFIX];

/**
 * Changes an object that others change too, with If-Match, and returns the change that was written: `change` gets the text and
 * returns the new one as `body` (`undefined` for no object); it may be called again. What was read `before` is not read again
 * unless somebody has written it since; one that is to be removed stays then. Throws {@link StoreError}.
 */
export async function updateObject<Change extends { body: string | undefined }>(
  store: Pick<ObjectStore, 'get' | 'create' | 'replace' | 'remove'>,
  key: string,
  change: (text: string | undefined, stored: StoredObject | undefined) => Change | Promise<Change>,
  before?: StoredObject,
): Promise<Change> {
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
    const stored = attempt === 0 && before ? before : await store.get(key);
    const changed = await change(stored?.body, stored);
    const { body } = changed;
    if (body === undefined) {
      if (stored) await store.remove(key, { etag: stored.etag });
      return changed;
    }
    if (body === stored?.body) return changed;
    const written = await (stored
      ? store.replace(key, body, { etag: stored.etag })
      : store.create(key, body));
    if (written) return changed;
  }
  const remedy = COMPARED.some((prefix) => key.startsWith(prefix)) ? 'the next scan compares again' : '';
  throw new StoreError('store-unavailable', { seen: `${key} kept changing`, remedy });
}

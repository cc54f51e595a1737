import {
  ACM_PREFIX,
  HOSTS_PREFIX,
  INDEX_KEY,
  LIVE_PREFIX,
  ORDERS_PREFIX,
  PENDING_PREFIX,
  PINS_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
  STATE_PREFIX,
} from '../certificate/object-keys.ts';
import { DAY } from '../common/durations.ts';
import { isMeant } from '../common/is-meant.ts';
import { once } from '../common/once.ts';
import type { Listed, ListOptions, ObjectStore, StoredObject } from './object-store.ts';
import { type BucketIndex, emptyIndex, indexText, parseIndex, toIndexed } from './rules/bucket-index.ts';

export type Reads = Pick<ObjectStore, 'list' | 'folders' | 'get'>;

/** Small objects, one or more for each certificate or host. */
const PREFIXES = [
  RENEWAL_PREFIX,
  STATE_PREFIX,
  LIVE_PREFIX,
  HOSTS_PREFIX,
  ACM_PREFIX,
  REVOKED_PREFIX,
  PINS_PREFIX,
  ORDERS_PREFIX,
];
/** Those that are listed once. */
const LISTED = [...PREFIXES, PENDING_PREFIX];

/**
 * Reads the bucket through `index.json`: an indexed prefix is listed once, and an object whose etag is still the index's is
 * not read again. All other reads go to the store.
 */
export class IndexedReads implements Reads {
  readonly #store: Reads;
  readonly #index: BucketIndex;
  readonly #below: (prefix: string) => Promise<ReadonlyMap<string, Listed>>;
  /** The entries that are still true, with those read since. */
  readonly #objects: BucketIndex['objects'] = new Map();
  #changed = false;

  private constructor(store: Reads, index: BucketIndex) {
    this.#store = store;
    this.#index = index;
    this.#below = once(async (prefix) => {
      // At any depth: what stands too deep costs no list of its own.
      const listed = await store.list(prefix, { deep: prefix === RENEWAL_PREFIX });
      return new Map(listed.map((found) => [found.key, found]));
    });
  }

  /** `anew` reads every object again; `warn` gets the error of an index that cannot be read and counts as empty. */
  static async open(
    store: Reads,
    { anew = false, warn = () => {} }: { anew?: boolean; warn?: (error: unknown) => void } = {},
  ): Promise<IndexedReads> {
    const stored = await store.get(INDEX_KEY).catch(warn);
    const index = stored ? parseIndex(stored.body) : emptyIndex();
    if (anew) index.objects.clear();
    return new IndexedReads(store, index);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Listed[]> {
    const isRenewal = prefix === RENEWAL_PREFIX;
    if ((options.deep && !isRenewal) || !LISTED.includes(prefix)) return this.#store.list(prefix, options);
    const listed = [...(await this.#below(prefix)).values()];
    if (options.deep || !isRenewal) return listed;
    return listed.filter(({ key }) => !key.slice(prefix.length).includes('/'));
  }

  folders(prefix: string): Promise<string[]> {
    return this.#store.folders(prefix);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const prefix = key.slice(0, key.lastIndexOf('/') + 1);
    if (!PREFIXES.includes(prefix)) return this.#store.get(key);
    const listed = (await this.#below(prefix)).get(key);
    if (!listed) return undefined;
    const known = this.#objects.get(key) ?? this.#index.objects.get(key);
    if (known?.[0] !== listed.etag) return this.#read(key);
    this.#objects.set(key, known);
    const { etag, modified, ageMs } = listed;
    return { body: known[1], etag, modified, at: new Date(modified.getTime() + ageMs) };
  }

  async #read(key: string): Promise<StoredObject | undefined> {
    const stored = await this.#store.get(key);
    const indexed = stored && toIndexed(stored.etag, stored.body);
    if (indexed) {
      this.#objects.set(key, indexed);
      this.#changed = true;
    }
    return stored;
  }

  /** The instant before which the CA is not asked again about a certificate. */
  askAgain(certId: string): string | undefined {
    return this.#index.askAgain.get(certId);
  }

  rememberAsked(certId: string, askAgain: string): void {
    this.#index.askAgain.set(certId, askAgain);
    this.#changed = true;
  }

  /** Writes the index if it has changed. Of two writers either may win. */
  async save(store: Pick<ObjectStore, 'put'>, now: Date): Promise<void> {
    if (!this.#changed && this.#objects.size === this.#index.objects.size) return;
    const askAgain = [...this.#index.askAgain].filter(
      ([, until]) => Date.parse(until) > now.getTime() && isMeant(until, now, DAY),
    );
    await store.put(INDEX_KEY, indexText({ objects: this.#objects, askAgain: new Map(askAgain) }));
  }
}

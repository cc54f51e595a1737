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
import { ListedOnce } from './listed-once.ts';
import type { Listed, ListOptions, ObjectStore, Reads, StoredObject } from './object-store.ts';
import { type BucketIndex, emptyIndex, indexText, parseIndex, toIndexed } from './rules/bucket-index.ts';

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
/** After so many reads the index is saved, so that a first check of very many certificates resumes where one ran out of time. */
const SAVE_AFTER = 20_000;

export interface IndexOptions {
  /** Lists what all certificates have in `archive/` and `live/` once. */
  sweeps?: boolean;
  /** Gets the error of an index that cannot be read, which counts as empty, or cannot be saved meanwhile. */
  warn?: (error: unknown) => void;
  /** Where what is read is saved meanwhile. */
  saves?: Pick<ObjectStore, 'put'> | undefined;
}

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
  /** The pairs that go together as this sweep has seen; `undefined` where none is under way. */
  readonly #sound: BucketIndex['sound'] | undefined;
  readonly #options: IndexOptions;
  #changed = false;
  #unsaved = 0;

  private constructor(store: Reads, index: BucketIndex, options: IndexOptions) {
    this.#store = store;
    this.#index = index;
    this.#options = options;
    this.#sound = options.sweeps ? new Set() : undefined;
    this.#below = once(async (prefix) => {
      // At any depth: what stands too deep costs no list of its own.
      const listed = await store.list(prefix, { deep: prefix === RENEWAL_PREFIX });
      return new Map(listed.map((found) => [found.key, found]));
    });
  }

  static async open(store: Reads, options: IndexOptions = {}): Promise<IndexedReads> {
    const stored = await store.get(INDEX_KEY).catch((error) => options.warn?.(error));
    const index = stored ? parseIndex(stored.body) : emptyIndex();
    return new IndexedReads(options.sweeps ? new ListedOnce(store) : store, index, options);
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
    if (!PREFIXES.includes(prefix)) return this.#fetch(key);
    const listed = (await this.#below(prefix)).get(key);
    if (!listed) return undefined;
    const known = this.#objects.get(key) ?? this.#index.objects.get(key);
    if (known?.[0] !== listed.etag) return this.#read(key);
    this.#objects.set(key, known);
    const { etag, modified, ageMs } = listed;
    return { body: known[1], etag, modified, at: new Date(modified.getTime() + ageMs) };
  }

  async #read(key: string): Promise<StoredObject | undefined> {
    const stored = await this.#fetch(key);
    const indexed = stored && toIndexed(stored.etag, stored.body);
    if (indexed) {
      this.#objects.set(key, indexed);
      this.#changed = true;
    }
    return stored;
  }

  async #fetch(key: string): Promise<StoredObject | undefined> {
    this.#unsaved += 1;
    const { saves } = this.#options;
    if (saves && this.#unsaved > SAVE_AFTER) await this.#saveTo(saves);
    return this.#store.get(key);
  }

  /** With the entries of before that were not asked for yet: whoever reads them compares etags. */
  async #saveTo(saves: Pick<ObjectStore, 'put'>): Promise<void> {
    this.#unsaved = 0;
    const { objects, askAgain, sound } = this.#index;
    const all = {
      objects: new Map([...objects, ...this.#objects]),
      askAgain,
      sound: new Set([...sound, ...(this.#sound ?? [])]),
    };
    await saves.put(INDEX_KEY, indexText(all)).catch((error) => this.#options.warn?.(error));
  }

  /** Whether an earlier sweep has seen that these go together: nothing of them has changed since. */
  isSound(pair: string): boolean {
    const is = this.#index.sound.has(pair);
    if (is) this.#sound?.add(pair);
    return is;
  }

  rememberSound(pair: string): void {
    this.#sound?.add(pair);
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
    const { sound: known, objects } = this.#index;
    const sound = this.#sound ?? known;
    const isSame = sound.size === known.size && [...sound].every((pair) => known.has(pair));
    if (!this.#changed && isSame && this.#objects.size === objects.size) return;
    const askAgain = [...this.#index.askAgain].filter(
      ([, until]) => Date.parse(until) > now.getTime() && isMeant(until, now, DAY),
    );
    await store.put(INDEX_KEY, indexText({ objects: this.#objects, askAgain: new Map(askAgain), sound }));
  }
}

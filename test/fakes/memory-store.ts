import { createHash } from 'node:crypto';
import type {
  Listed,
  ListOptions,
  ObjectStore,
  StoredObject,
  WriteOptions,
  Written,
} from '../../lib/foundation/bucket/object-store.ts';

interface Kept {
  body: string;
  modified: Date;
  groups: readonly string[];
}

/** A bucket in memory with a clock of its own. As in S3, equal content has an equal etag. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, Kept>();
  readonly #clock: () => Date;
  /** Runs before each write; throws to let the write fail. */
  beforeWrite: (key: string) => void = () => {};

  constructor(clock: () => Date = () => new Date()) {
    this.#clock = clock;
  }

  /** The bucket as it is now: what a worker that dies at this moment leaves. */
  snapshot(clock: () => Date): MemoryStore {
    const copy = new MemoryStore(clock);
    for (const [key, kept] of this.#objects) copy.#objects.set(key, kept);
    return copy;
  }

  keys(): string[] {
    return [...this.#objects.keys()].sort();
  }

  /** The object's text; empty when there is none. */
  text(key: string): string {
    return this.#objects.get(key)?.body ?? '';
  }

  groups(key: string): readonly string[] {
    return this.#objects.get(key)?.groups ?? [];
  }

  async list(prefix: string, { deep = false }: ListOptions = {}): Promise<Listed[]> {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix) && key !== prefix)
      .filter(([key]) => deep || !key.slice(prefix.length).includes('/'))
      .map(([key, { body, modified }]) => ({
        key,
        etag: etagOf(body),
        modified,
        ageMs: this.#clock().getTime() - modified.getTime(),
      }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  async folders(prefix: string): Promise<string[]> {
    const deep = (await this.list(prefix, { deep: true })).map(({ key }) => key.slice(prefix.length));
    return [...new Set(deep.filter((key) => key.includes('/')).map((key) => key.slice(0, key.indexOf('/'))))];
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const kept = this.#objects.get(key);
    return kept && { body: kept.body, etag: etagOf(kept.body), modified: kept.modified, at: this.#clock() };
  }

  async create(key: string, body: string, options: WriteOptions = {}): Promise<Written | undefined> {
    const kept = this.#objects.get(key);
    if (kept) return kept.body === body ? { etag: etagOf(body) } : undefined;
    return this.#write(key, body, options);
  }

  async replace(
    key: string,
    body: string,
    { etag, ...options }: WriteOptions & { etag: string },
  ): Promise<Written | undefined> {
    const kept = this.#objects.get(key);
    if (kept?.body === body) return this.#write(key, body, options);
    return kept && etagOf(kept.body) === etag ? this.#write(key, body, options) : undefined;
  }

  async put(key: string, body: string, options: WriteOptions = {}): Promise<void> {
    this.#write(key, body, options);
  }

  async tag(key: string, groups: readonly string[]): Promise<void> {
    const kept = this.#objects.get(key);
    if (kept) this.#objects.set(key, { ...kept, groups });
  }

  async remove(key: string, { etag }: { etag?: string } = {}): Promise<void> {
    const kept = this.#objects.get(key);
    if (kept && (etag === undefined || etagOf(kept.body) === etag)) this.#objects.delete(key);
  }

  #write(key: string, body: string, { groups = [] }: WriteOptions): Written {
    this.beforeWrite(key);
    this.#objects.set(key, { body, modified: this.#clock(), groups });
    return { etag: etagOf(body) };
  }
}

function etagOf(body: string): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

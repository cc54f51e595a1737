import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Listed, ObjectStore, StoredObject } from '../../lib/ports/object-store.ts';

type Kept = Record<string, { etag: string; body: string }>;

/**
 * Reads of a bucket that are remembered on this machine: an object whose etag in the listing is the one that was read earlier
 * is not read again. A file that cannot be read or written only costs time. Holds pointers and states, never a key.
 */
export class RememberedReads implements Pick<ObjectStore, 'list'> {
  readonly #store: Pick<ObjectStore, 'list' | 'get'>;
  readonly #file: string;
  readonly #earlier: Promise<Kept>;
  readonly #listed = new Map<string, string>();
  readonly #now: Kept = {};

  constructor(store: Pick<ObjectStore, 'list' | 'get'>, file: string) {
    this.#store = store;
    this.#file = file;
    this.#earlier = readEarlier(file);
  }

  async list(prefix: string): Promise<Listed[]> {
    const listed = await this.#store.list(prefix);
    for (const { key, etag } of listed) this.#listed.set(key, etag);
    return listed;
  }

  async get(key: string): Promise<Pick<StoredObject, 'body'> | undefined> {
    const earlier = (await this.#earlier)[key];
    if (earlier !== undefined && earlier.etag === this.#listed.get(key)) {
      this.#now[key] = earlier;
      return earlier;
    }
    const stored = await this.#store.get(key);
    if (stored) this.#now[key] = { etag: stored.etag, body: stored.body };
    return stored;
  }

  /** Keeps what was read, for the next time. */
  async keep(): Promise<void> {
    const fresh = `${this.#file}.${process.pid}`;
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(fresh, JSON.stringify(this.#now), { mode: 0o600 });
      await rename(fresh, this.#file);
    } catch {
      // The next time reads everything again.
    }
  }
}

async function readEarlier(file: string): Promise<Kept> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Where the reads of a bucket are remembered: in the user's cache folder (XDG base directories). */
export function rememberedFile(bucket: string, environment: NodeJS.ProcessEnv = process.env): string {
  const caches = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'perennial', `${bucket}.json`);
}

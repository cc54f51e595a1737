import { PerennialError } from '../common/perennial-error.ts';
import type { STORE } from '../reasons/bucket.ts';

/** An object as read; `etag` is for If-Match, `modified` and `at` (now) are by the store's clock. */
export interface StoredObject {
  body: string;
  etag: string;
  modified: Date;
  at: Date;
}

export interface Listed {
  key: string;
  etag: string;
  modified: Date;
  /** Its age when it was listed, by the store's clock, to the second: two lists may differ. */
  ageMs: number;
}

export interface Written {
  etag: string;
}

export interface WriteOptions {
  /** Host groups that may read the object. */
  groups?: readonly string[];
}

export interface ListOptions {
  deep?: boolean;
}

/** The bucket. Every method may be repeated; errors are {@link StoreError} and say what was attempted. */
export interface ObjectStore {
  /** The objects directly below `prefix` (up to the next `/`), or `deep` at any depth, in order. */
  list(prefix: string, options?: ListOptions): Promise<Listed[]>;
  /** The folders directly below `prefix`, by name: cheaper than a deep list of what they hold. */
  folders(prefix: string): Promise<string[]>;
  /** `undefined` when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /** `undefined` when one exists with different content; of two callers one wins. Equal content counts as written. */
  create(key: string, body: string, options?: WriteOptions): Promise<Written | undefined>;
  /** `undefined` when the object is no longer at `etag`. Equal content counts as written. */
  replace(key: string, body: string, options: WriteOptions & { etag: string }): Promise<Written | undefined>;
  /** The last writer wins: only for copies. */
  put(key: string, body: string, options?: WriteOptions): Promise<void>;
  /** Sets which host groups may read an existing object. */
  tag(key: string, groups: readonly string[]): Promise<void>;
  /** An absent object counts as removed; with an etag, an object that is no longer at it stays. */
  remove(key: string, options?: { etag?: string }): Promise<void>;
}

/** The bucket for who only reads it. */
export type Reads = Pick<ObjectStore, 'list' | 'folders' | 'get'>;

export class StoreError extends PerennialError<keyof typeof STORE> {
  override readonly name = 'StoreError';
}

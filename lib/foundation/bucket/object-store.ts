import { PerennialError } from '../common/perennial-error.ts';
import type { STORE } from '../reasons/bucket.ts';

/** An object as read; `etag` is its version for compare-and-swap, `modified` and `at` (now) are the store's own clock. */
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
  /** When it was listed, by the store's clock: to the second, and so not the same for two lists. */
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
  /** What lies directly below `prefix` (up to the next `/`), or `deep` at any depth, in order; the age is by the store's clock. */
  list(prefix: string, options?: ListOptions): Promise<Listed[]>;
  /** `undefined` when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /** `undefined` when one exists with another content; of two callers one wins. Equal content counts as written. */
  create(key: string, body: string, options?: WriteOptions): Promise<Written | undefined>;
  /** `undefined` when the object is not at `etag` any more. Equal content counts as written. */
  replace(key: string, body: string, options: WriteOptions & { etag: string }): Promise<Written | undefined>;
  /** Whoever writes last wins: only for copies. */
  put(key: string, body: string, options?: WriteOptions): Promise<void>;
  /** Says anew which host groups may read an existing object. */
  tag(key: string, groups: readonly string[]): Promise<void>;
  /** Absent already is done; with an etag, an object that is not at it any more is left alone. */
  remove(key: string, options?: { etag?: string }): Promise<void>;
}

export class StoreError extends PerennialError<keyof typeof STORE> {
  override readonly name = 'StoreError';
}

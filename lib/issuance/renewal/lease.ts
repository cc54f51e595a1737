import type { ObjectStore, StoredObject } from '../../foundation/bucket/object-store.ts';
import { orNone } from '../../foundation/bucket/read-json.ts';
import { pendingKey } from '../../foundation/certificate/object-keys.ts';
import { type OrderSubject, orderFenceKey, raiseFence } from './order-lock.ts';
import { isStale, LEASE_SECONDS, Pending } from './rules/pending.ts';
import { type AsideDeps, setAside } from './set-aside.ts';

/** Somebody else works on the certificate; leave it to them. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly reason = 'claimed-elsewhere';

  constructor(name: string) {
    super(`${name} is being renewed by another worker`);
  }
}

/** Our claim on one certificate, kept in `pending/<name>.json` together with all that a crash must not lose. */
export class Lease {
  readonly name: string;
  readonly #store: ObjectStore;
  #pending: Pending;
  #etag: string;
  #takeFenceDown: () => Promise<void> = async () => {};

  private constructor(store: ObjectStore, name: string, claimed: { pending: Pending; etag: string }) {
    this.#store = store;
    this.name = name;
    this.#pending = claimed.pending;
    this.#etag = claimed.etag;
  }

  /**
   * Claims a certificate, or takes over a claim whose time is up; throws {@link LeaseLostError} when another holds it. What
   * was recorded in a claim that cannot be read is lost, which is told.
   */
  static async claim(deps: AsideDeps, name: string, owner: string): Promise<Lease> {
    const { store } = deps;
    const fresh: Pending = { owner, leaseSeconds: LEASE_SECONDS, records: [] };
    const created = await store.create(pendingKey(name), bodyOf(fresh));
    if (created) return new Lease(store, name, { pending: fresh, etag: created.etag });
    const held = await readPending(store, name);
    if (!held || !isStale(held.pending ?? fresh, held)) throw new LeaseLostError(name);
    if (!held.pending)
      await setAside(deps, { key: pendingKey(name), body: held.body, reason: 'pending-malformed' });
    const pending = { ...(held.pending ?? fresh), owner, leaseSeconds: LEASE_SECONDS };
    const taken = await store.replace(pendingKey(name), bodyOf(pending), { etag: held.etag });
    if (!taken) throw new LeaseLostError(name);
    return new Lease(store, name, { pending, etag: taken.etag });
  }

  /** Whether something is recorded that has to be gone on with, or swept. */
  get leftOpen(): boolean {
    return this.#pending.order !== undefined || this.#pending.records.length > 0;
  }

  /** What an earlier worker left behind, or we recorded. */
  get pending(): Readonly<Pending> {
    return this.#pending;
  }

  /** Keeps others from ordering the same until this claim ends; throws SameOrderError when one does already. */
  async fence(subject: OrderSubject): Promise<void> {
    this.#takeFenceDown = await raiseFence(this.#store, orderFenceKey(subject), {
      name: this.name,
      owner: this.#pending.owner,
    });
  }

  /** Records before the side effect that it is about; throws {@link LeaseLostError} when the claim was taken over. */
  async record(progress: Partial<Pick<Pending, 'order' | 'records'>>): Promise<void> {
    await this.#write({ ...this.#pending, ...progress });
  }

  /** Gives the claim up and keeps what was recorded for the next worker. */
  async leaveForLater(progress: Pick<Pending, 'order'> = this.#pending): Promise<void> {
    await this.#takeFenceDown();
    await this.#write({ ...this.#pending, order: progress.order, leaseSeconds: 0 });
  }

  /** The work is done: nothing is left to record. A claim that was taken over meanwhile is its new owner's. */
  async release(): Promise<void> {
    await this.#takeFenceDown();
    await this.#store.remove(pendingKey(this.name), { etag: this.#etag });
  }

  async #write(pending: Pending): Promise<void> {
    const written = await this.#store.replace(pendingKey(this.name), bodyOf(pending), { etag: this.#etag });
    if (!written) throw new LeaseLostError(this.name);
    this.#pending = pending;
    this.#etag = written.etag;
  }
}

function bodyOf(pending: Pending): string {
  return `${JSON.stringify(pending)}\n`;
}

/** The lease on a certificate, with the store's times that its staleness is judged by; `pending` where it can be read. */
async function readPending(
  store: ObjectStore,
  name: string,
): Promise<(StoredObject & { pending: Pending | undefined }) | undefined> {
  const stored = await store.get(pendingKey(name));
  return stored && { ...stored, pending: orNone(stored.body, Pending) };
}

import type { ObjectStore, StoredObject } from '../../foundation/bucket/object-store.ts';
import { pendingKey } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { type OrderSubject, orderLockKey, takeOrderLock } from './order-lock.ts';
import { CLAIM_SECONDS, ClaimRecord, isStale } from './rules/claim-record.ts';
import { type AsideDeps, setAside } from './set-aside.ts';

/** Somebody else works on the certificate; leave it to them. */
export class ClaimLostError extends PerennialError<'claimed-elsewhere'> {
  override readonly name = 'ClaimLostError';

  constructor(name: string) {
    super('claimed-elsewhere', `${name} is being renewed by another worker`);
  }
}

/** Our claim on one certificate, kept in `pending/<name>.json` together with all that a crash must not lose. */
export class Claim {
  readonly name: string;
  readonly #store: ObjectStore;
  #recorded: ClaimRecord;
  #etag: string;
  #unlockOrder: () => Promise<void> = async () => {};

  private constructor(store: ObjectStore, name: string, claimed: { recorded: ClaimRecord; etag: string }) {
    this.#store = store;
    this.name = name;
    this.#recorded = claimed.recorded;
    this.#etag = claimed.etag;
  }

  /**
   * Claims a certificate, or takes over a claim whose time is up; throws {@link ClaimLostError} when another holds it. What
   * was recorded in a claim that cannot be read is lost, which is told.
   */
  static async claim(deps: AsideDeps, name: string, owner: string): Promise<Claim> {
    const { store } = deps;
    const fresh: ClaimRecord = { owner, leaseSeconds: CLAIM_SECONDS, records: [] };
    const created = await store.create(pendingKey(name), bodyOf(fresh));
    if (created) return new Claim(store, name, { recorded: fresh, etag: created.etag });
    const held = await readClaim(store, name);
    if (!held || !isStale(held.recorded ?? fresh, held)) throw new ClaimLostError(name);
    if (!held.recorded)
      await setAside(deps, { key: pendingKey(name), body: held.body, reason: 'pending-malformed' });
    const recorded = { ...(held.recorded ?? fresh), owner, leaseSeconds: CLAIM_SECONDS };
    const taken = await store.replace(pendingKey(name), bodyOf(recorded), { etag: held.etag });
    if (!taken) throw new ClaimLostError(name);
    return new Claim(store, name, { recorded, etag: taken.etag });
  }

  /** Whether something is recorded that has to be gone on with, or swept. */
  get leftOpen(): boolean {
    return this.#recorded.order !== undefined || this.#recorded.records.length > 0;
  }

  /** What an earlier worker left behind, or we recorded. */
  get recorded(): Readonly<ClaimRecord> {
    return this.#recorded;
  }

  /** Keeps others from ordering the same until this claim ends; throws SameOrderError when one does already. */
  async lockOrder(subject: OrderSubject): Promise<void> {
    this.#unlockOrder = await takeOrderLock(this.#store, orderLockKey(subject), {
      name: this.name,
      owner: this.#recorded.owner,
    });
  }

  /** Records before the side effect that it is about; throws {@link ClaimLostError} when the claim was taken over. */
  async record(progress: Partial<Pick<ClaimRecord, 'order' | 'records'>>): Promise<void> {
    await this.#write({ ...this.#recorded, ...progress });
  }

  /** Gives the claim up and keeps what was recorded for the next worker. */
  async leaveForLater(progress: Pick<ClaimRecord, 'order'> = this.#recorded): Promise<void> {
    await this.#unlockOrder();
    await this.#write({ ...this.#recorded, order: progress.order, leaseSeconds: 0 });
  }

  /** The work is done: nothing is left to record. A claim that was taken over meanwhile is its new owner's. */
  async release(): Promise<void> {
    await this.#unlockOrder();
    await this.#store.remove(pendingKey(this.name), { etag: this.#etag });
  }

  async #write(recorded: ClaimRecord): Promise<void> {
    const written = await this.#store.replace(pendingKey(this.name), bodyOf(recorded), { etag: this.#etag });
    if (!written) throw new ClaimLostError(this.name);
    this.#recorded = recorded;
    this.#etag = written.etag;
  }
}

function bodyOf(recorded: ClaimRecord): string {
  return `${JSON.stringify(recorded)}\n`;
}

/** The claim on a certificate, with the store's times that its staleness is judged by; `recorded` where it can be read. */
async function readClaim(
  store: ObjectStore,
  name: string,
): Promise<(StoredObject & { recorded: ClaimRecord | undefined }) | undefined> {
  const stored = await store.get(pendingKey(name));
  return stored && { ...stored, recorded: orNone(stored.body, ClaimRecord) };
}

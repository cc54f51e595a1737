import { pendingKey } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { RenewDeps } from './deps.ts';
import { type HeldLock, type OrderSubject, orderLockKey, takeOrderLock } from './order-lock.ts';
import { CLAIM_SECONDS, ClaimRecord, isStale } from './rules/claim-record.ts';
import { setAside } from './set-aside.ts';

/** Another worker holds the claim on the certificate. */
class ClaimLostError extends PerennialError<'claimed-elsewhere'> {
  override readonly name = 'ClaimLostError';

  constructor(name: string) {
    super('claimed-elsewhere', `${name} is being renewed by another worker`);
  }
}

type Recorded = ClaimRecord['records'][number];

/** Our claim on one certificate: `pending/<name>.json`, with all that a crash must not lose. */
export class Claim {
  readonly name: string;
  /** Whether the CA may be looking at its TXT values; they stay for whoever goes on with the order. */
  lookedAt = false;
  /** Whether the CA was asked about its order in this run: what failed before says nothing about that. */
  orderAsked = false;
  /** When a certificate was issued for its order in this run, which its lock remembers. */
  issuedAt: Date | undefined;
  readonly #deps: Pick<RenewDeps, 'store' | 'clock'>;
  #recorded: ClaimRecord;
  #etag: string;
  /** Records that are in the DNS no more. */
  readonly #gone = new Set<Recorded>();
  #lock: HeldLock | undefined;

  private constructor(
    deps: Pick<RenewDeps, 'store' | 'clock'>,
    name: string,
    claimed: { recorded: ClaimRecord; etag: string },
  ) {
    this.#deps = deps;
    this.name = name;
    this.#recorded = claimed.recorded;
    this.#etag = claimed.etag;
  }

  /**
   * Claims a certificate, or takes over a stale claim; throws {@link ClaimLostError} when another worker holds it. A stale
   * claim that cannot be read is set aside: what it recorded is lost.
   */
  static async claim(deps: RenewDeps, name: string, owner: string): Promise<Claim> {
    const { store } = deps;
    const key = pendingKey(name);
    const fresh: ClaimRecord = { owner, leaseSeconds: CLAIM_SECONDS, records: [] };
    const created = await store.create(key, bodyOf(fresh));
    if (created) return new Claim(deps, name, { recorded: fresh, etag: created.etag });
    const held = await store.get(key);
    const left = orNone(held?.body, ClaimRecord);
    if (!held || !isStale(left ?? fresh, held)) throw new ClaimLostError(name);
    if (!left) await setAside(deps, { key, body: held.body, reason: 'pending-malformed' });
    const claim = new Claim(deps, name, { recorded: left ?? fresh, etag: held.etag });
    await claim.#write({ ...claim.#recorded, owner, leaseSeconds: CLAIM_SECONDS });
    return claim;
  }

  /** Whether an order is recorded that can be resumed, or DNS records that have to be removed. */
  get leftOpen(): boolean {
    return this.recorded.order !== undefined || this.recorded.records.length > 0;
  }

  /** What an earlier worker or this one recorded. */
  get recorded(): Readonly<ClaimRecord> {
    const records = this.#recorded.records.filter((record) => !this.#gone.has(record));
    return { ...this.#recorded, records };
  }

  /** Takes out a record that is in the DNS no more; it is still stored until the claim is written again, or ends. */
  forget(record: Recorded): void {
    this.#gone.add(record);
  }

  /**
   * Locks the order until this claim ends; throws SameOrderError when another certificate holds the lock. It is read first
   * where it is `perhapsThere`.
   */
  async lockOrder({
    perhapsThere = false,
    ...subject
  }: OrderSubject & { perhapsThere?: boolean }): Promise<void> {
    const holder = { name: this.name, owner: this.#recorded.owner, perhapsThere };
    this.#lock = await takeOrderLock(this.#deps, orderLockKey(subject), holder);
  }

  /** Ends the lock, ahead of the claim where the order is carried out. */
  async unlockOrder(): Promise<void> {
    await this.#lock?.release(this.issuedAt);
    this.#lock = undefined;
  }

  /** When other certificates were issued for the names of the locked order. */
  get issuedToOthers(): readonly Date[] {
    return this.#lock?.issuedToOthers ?? [];
  }

  /** Records a side effect before it happens; throws {@link ClaimLostError} when the claim was taken over. */
  async record(progress: Partial<Pick<ClaimRecord, 'order' | 'records'>>): Promise<void> {
    await this.#write({ ...this.recorded, ...progress });
  }

  /** The CA has carried the order out: earlier failures say nothing about the download. */
  async countAnew(): Promise<void> {
    const { order } = this.#recorded;
    if (order?.tries && !order.carriedOut)
      await this.record({ order: { ...order, tries: 0, carriedOut: true } });
  }

  /** Ends the claim and leaves what was recorded to the next worker. */
  async leaveForLater({ order }: Pick<ClaimRecord, 'order'> = this.recorded): Promise<void> {
    await this.unlockOrder();
    await this.#write({ ...this.recorded, order, leaseSeconds: 0 });
  }

  /** Ends the claim with nothing left to record. A claim that was taken over meanwhile is left alone. */
  async release(): Promise<void> {
    await this.unlockOrder();
    await this.#deps.store.remove(pendingKey(this.name), { etag: this.#etag });
  }

  async #write(recorded: ClaimRecord): Promise<void> {
    const body = bodyOf(recorded);
    const written = await this.#deps.store.replace(pendingKey(this.name), body, { etag: this.#etag });
    if (!written) throw new ClaimLostError(this.name);
    this.#recorded = recorded;
    this.#etag = written.etag;
  }
}

function bodyOf(recorded: ClaimRecord): string {
  return `${JSON.stringify(recorded)}\n`;
}

import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import type { CsrSubject, Order, OrderRequest } from '../../../lib/issuance/ca/certificate-authority.ts';
import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { HOUR, MINUTE } from '../engine/durations.ts';
import { Issuer } from '../keys/issuer.ts';
import { publicKeyOf } from '../keys/private-keys.ts';
import { CaBook, ORDER_LIFE } from './ca-book.ts';
import { suggestedWindow } from './ca-calendar.ts';
import { CaLimits, type LimitMet } from './ca-limits.ts';
import type { CaParts } from './ca-parts.ts';
import type { IssuedCertificate, KeptAuthorization, KeptOrder } from './ca-records.ts';
import { carryOut } from './issuance.ts';
import { validate } from './validation.ts';

/** A CA as Boulder is: accounts, orders, authorizations, certificates, limits, renewal information. */
export class Ca extends CaBook {
  readonly identity: string;
  readonly directoryUrl: string;
  readonly issuer: Issuer;
  readonly limits = new CaLimits();
  /** What the Parameter Store keeps of our account here. */
  keptAccount: string | undefined;
  /** Fingerprints of keys that somebody reported to it; it takes none of them in a CSR. */
  readonly blockedKeys = new Set<string>();
  /** An order was asked for, whatever became of that. */
  readonly onAsked: ((order: OrderRequest) => void)[] = [];
  readonly onIssued: ((certificate: IssuedCertificate) => void)[] = [];
  readonly onRevoked: ((certificate: IssuedCertificate) => void)[] = [];
  readonly onBlockedKey: (() => void)[] = [];
  readonly onLimit: ((met: LimitMet, names: readonly string[]) => void)[] = [];
  /** The account that it had lost has another in its place. */
  readonly onAccountAnew: (() => void)[] = [];
  readonly onRefusedProof: ((authorization: KeptAuthorization) => void)[] = [];
  /** How long it wants to be left alone after renewal information. */
  askAgainMs = 6 * HOUR;

  constructor(host: string, identity: string, parts: CaParts) {
    super(host, parts);
    this.identity = identity;
    this.directoryUrl = `https://${host}/directory`;
    this.issuer = new Issuer(host, parts.random);
  }

  newOrder(account: string, request: OrderRequest): Order {
    const { names, profile, replaces } = request;
    for (const hear of this.onAsked) hear(request);
    this.requireAccount(account);
    const { scheduler, faults } = this.parts;
    const now = scheduler.now;
    const replaced = replaces === undefined ? undefined : this.replaced(account, replaces, names);
    const window = replaced && (replaced.window ?? suggestedWindow(replaced.notBefore, replaced.notAfter));
    const isExempt =
      window !== undefined &&
      window.start <= now &&
      now <= Math.max(window.end, replaced?.window ? Number.POSITIVE_INFINITY : 0);
    const met = isExempt ? undefined : this.limits.met(account, names, now);
    if (met) {
      for (const hear of this.onLimit) hear(met, names);
      this.refuse('acme-rate-limited', met.message, { retryAfterMs: met.retryAfterMs });
    }
    const same = this.sameOrder(account, { names, profile });
    if (same) return this.shown(same);
    const url = `https://${this.host}/order/${this.nextNumber()}`;
    const isPoisoned = faults.happens('ca.poisoned-order');
    const isStuck = faults.happens('ca.stuck-order');
    const order: KeptOrder = {
      url,
      account,
      names: [...names],
      profile,
      status: 'pending',
      authorizations: [],
      expires: now + ORDER_LIFE,
      replaces: replaced?.certId,
      isExempt,
      isPoisoned,
      isStuck,
      wrong: [...(isPoisoned ? ['ca.poisoned-order'] : []), ...(isStuck ? ['ca.stuck-order'] : [])],
    };
    order.authorizations = names.map((name) => this.authorize(account, name));
    this.orders.set(url, order);
    if (replaced) replaced.replacedBy = url;
    if (!isExempt) this.limits.ordered(account, now);
    this.forgetOld();
    return this.shown(order);
  }

  order(account: string, url: string): Order {
    const order = this.orderOf(account, url);
    for (const site of order.wrong) this.parts.faults.meet(site);
    if (!this.isReadable(order)) this.refuse('acme-server-internal', 'Error retrieving order');
    return this.shown(order);
  }

  answer(account: string, url: string): void {
    const authorization = this.authorization(account, url);
    if (authorization.status !== 'pending' || authorization.answered) return;
    authorization.answered = true;
    validate(this, authorization);
  }

  finalize(account: string, url: string, csr: CsrSubject): Order {
    const { scheduler, random, faults } = this.parts;
    const order = this.orderOf(account, url);
    if (this.statusOf(order) !== 'ready')
      this.refuse('acme-order-not-ready', "Order's status is not acceptable for finalization");
    if (setOf(csr.names) !== setOf(order.names))
      this.refuse('acme-bad-csr', 'CSR does not specify same identifiers as Order');
    if (this.blockedKeys.has(sha256(publicKeyOf(csr.key)))) {
      for (const hear of this.onBlockedKey) hear();
      this.refuse('acme-bad-csr', 'invalid public key in CSR: public key is forbidden');
    }
    order.status = 'processing';
    order.finalizedAt = scheduler.now;
    const slow = faults.happens('ca.slow-issuance') ? random.spread(MINUTE, 6 * HOUR) : 0;
    if (slow > 0) order.wrong.push('ca.slow-issuance');
    const wait = slow + random.spread(200, 8_000);
    if (random.chance(0.5)) order.askAgainAt = scheduler.now + wait;
    scheduler.after(wait, `ca issue ${url}`, () => carryOut(this, order, csr));
    return this.shown(order);
  }

  certificate(account: string, url: string): IssuedCertificate | undefined {
    return this.orderOf(account, url).issued;
  }

  revoke(issued: IssuedCertificate, reason?: string): void {
    if (issued.revokedAt !== undefined) return;
    const { now } = this.parts.scheduler;
    issued.revokedAt = now;
    // Boulder answers so about whatever is revoked: the window is in the past.
    issued.window ??= { start: now - HOUR, end: now - HOUR / 2 };
    if (reason !== undefined) issued.reason = reason;
    for (const hear of this.onRevoked) hear(issued);
  }

  /** Somebody reports a key: what has it is revoked, and nothing more is issued for it. */
  blockKey(fingerprint: string): void {
    this.blockedKeys.add(fingerprint);
    for (const issued of this.issued.values())
      if (issued.keyFingerprint === fingerprint) this.revoke(issued, 'keyCompromise');
  }
}

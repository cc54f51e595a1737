import { identifierOf } from '../../../lib/foundation/certificate/domain-name.ts';
import { AcmeError, type Order, type OrderRequest } from '../../../lib/issuance/ca/certificate-authority.ts';
import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { DAY, HOUR, SECOND } from '../engine/durations.ts';
import { authorizationReuse } from './ca-calendar.ts';
import type { CaParts } from './ca-parts.ts';
import type { IssuedCertificate, KeptAuthorization, KeptOrder } from './ca-records.ts';

type AcmeReason = ConstructorParameters<typeof AcmeError>[0];

export const ORDER_LIFE = 7 * DAY;
const SOON = 3 * SECOND;

/** What a CA has in its books: accounts, orders, authorizations and certificates, and how each is by now. */
export class CaBook {
  readonly host: string;
  readonly orders = new Map<string, KeptOrder>();
  readonly authorizations = new Map<string, KeptAuthorization>();
  /** By certId. */
  readonly issued = new Map<string, IssuedCertificate>();
  /** Accounts that it will not have any more. */
  readonly lost = new Set<string>();
  readonly parts: CaParts;
  /** Whether it goes on by now with the orders that it failed or left pending. */
  #isMended = false;
  #accounts = 0;
  #made = 0;

  constructor(host: string, parts: CaParts) {
    this.host = host;
    this.parts = parts;
  }

  refuse(reason: AcmeReason, words: string, more: { retryAfterMs?: number } = {}): never {
    throw new AcmeError(reason, `the CA ${this.host} refused: ${words}`, more);
  }

  nextNumber(): number {
    this.#made += 1;
    return this.#made;
  }

  newAccount(): string {
    this.#accounts += 1;
    return `https://${this.host}/acct/${this.#accounts}`;
  }

  requireAccount(account: string): void {
    if (!this.lost.has(account)) return;
    this.refuse('acme-unauthorized', 'account is deactivated');
  }

  authorization(account: string, url: string): KeptAuthorization {
    this.requireAccount(account);
    const found = this.authorizations.get(url);
    if (!found || found.account !== account) return this.refuse('acme-malformed', 'No such authorization');
    if (found.expires <= this.parts.scheduler.now && found.status !== 'invalid') found.status = 'expired';
    if (found.isMisjudged) this.parts.faults.meet('ca.misjudges');
    return found;
  }

  orderOf(account: string, url: string): KeptOrder {
    this.requireAccount(account);
    const order = this.orders.get(url);
    const isGone = order && order.expires <= this.parts.scheduler.now && order.status !== 'valid';
    if (!order || order.account !== account || isGone)
      return this.refuse('acme-malformed', 'No order for ID');
    return order;
  }

  shown(order: KeptOrder): Order {
    const status = this.statusOf(order);
    const { url, authorizations, problem } = order;
    const certificate = status === 'valid' ? `${url}/certificate` : undefined;
    const of = { certificate, problem, retryAfterMs: this.#retryAfterMs(order) };
    return { url, status, authorizations: [...authorizations], finalize: `${url}/finalize`, ...of };
  }

  /** While it is at work on an order: after seconds, as Boulder says, or when it will be done. */
  #retryAfterMs({ status, askAgainAt = 0 }: KeptOrder): number | undefined {
    if (status !== 'processing') return undefined;
    return Math.max(SOON, askAgainAt - this.parts.scheduler.now);
  }

  statusOf(order: KeptOrder): Order['status'] {
    if (order.status !== 'pending') return order.status;
    const statuses = order.authorizations.map((url) => this.authorizations.get(url)?.status);
    if (order.isStuck && !this.#isMended) return 'pending';
    if (statuses.some((status) => status === 'invalid' || status === 'expired' || status === undefined))
      order.status = 'invalid';
    else if (statuses.every((status) => status === 'valid')) order.status = 'ready';
    return order.status;
  }

  replaced(account: string, certId: string, names: readonly string[]): IssuedCertificate | undefined {
    const found = this.issued.get(certId);
    if (!found) return this.refuse('acme-malformed', 'path does not contain a certificate that is known');
    if (found.account !== account)
      return this.refuse(
        'acme-unauthorized',
        'requester account did not request the certificate being replaced',
      );
    const earlier = found.replacedBy === undefined ? undefined : this.orders.get(found.replacedBy);
    const isOver =
      earlier?.status === 'invalid' ||
      (earlier?.issued === undefined && (earlier?.expires ?? 0) <= this.parts.scheduler.now);
    if (found.replacedBy !== undefined && !isOver)
      return this.refuse('acme-already-replaced', 'certificate has already been replaced');
    return found.names.some((name) => names.includes(name)) ? found : undefined;
  }

  sameOrder(account: string, { names, profile }: OrderRequest): KeptOrder | undefined {
    const { now } = this.parts.scheduler;
    for (const order of this.orders.values()) {
      if (order.account !== account || order.profile !== profile || order.expires <= now) continue;
      if (setOf(order.names) !== setOf(names)) continue;
      if (['pending', 'ready'].includes(this.statusOf(order)) && !order.isStuck && !order.isPoisoned)
        return order;
    }
    return undefined;
  }

  authorize(account: string, name: string): string {
    const { scheduler, random } = this.parts;
    const identifier = identifierOf(name);
    const isWildcard = name !== identifier;
    for (const known of this.authorizations.values())
      if (known.status === 'valid' && known.identifier === identifier && known.isWildcard === isWildcard)
        if (known.account === account && known.expires > scheduler.now + HOUR) return known.url;
    const url = `https://${this.host}/authz/${this.nextNumber()}`;
    const txtValue = Buffer.from(random.hex(32), 'hex').toString('base64url');
    const expires = scheduler.now + ORDER_LIFE;
    this.authorizations.set(url, {
      url,
      account,
      identifier,
      isWildcard,
      status: 'pending',
      txtValue,
      expires,
      answered: false,
    });
    return url;
  }

  isReadable({ isPoisoned }: KeptOrder): boolean {
    return !isPoisoned || this.#isMended;
  }

  /** Its orders are as good as any from now on. */
  mendOrders(): void {
    this.#isMended = true;
    for (const order of this.orders.values())
      order.wrong = order.wrong.filter((site) => !/^ca\.(poisoned|stuck)-order$/.test(site));
  }

  /** How long a proof counts, from now on. */
  get reuse(): number {
    return authorizationReuse(this.parts.scheduler.now);
  }

  forgetOld(): void {
    const { now } = this.parts.scheduler;
    const isOld = ({ expires }: { expires: number }) => expires + 30 * DAY < now;
    for (const kept of [this.orders, this.authorizations])
      for (const [url, one] of kept)
        if (isOld(one)) kept.delete(url);
        else break;
  }
}

import { identifierOf } from '../../../lib/foundation/certificate/domain-name.ts';
import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import {
  AcmeError,
  type CsrSubject,
  type Order,
  type OrderRequest,
} from '../../../lib/issuance/ca/certificate-authority.ts';
import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import { Issuer } from '../keys/issuer.ts';
import { publicKeyOf } from '../keys/private-keys.ts';
import { authorizationReuse, lifetimeOf, suggestedWindow } from './ca-calendar.ts';
import { CaLimits, type LimitMet } from './ca-limits.ts';
import type { CaParts } from './ca-parts.ts';
import type { IssuedCertificate, KeptAuthorization, KeptOrder } from './ca-records.ts';
import { validate } from './validation.ts';

const ORDER_LIFE = 7 * DAY;

/** A CA as Boulder is: accounts, orders, authorizations, certificates, limits, renewal information. */
export class Ca {
  readonly host: string;
  readonly identity: string;
  readonly directoryUrl: string;
  readonly issuer: Issuer;
  readonly limits = new CaLimits();
  readonly orders = new Map<string, KeptOrder>();
  readonly authorizations = new Map<string, KeptAuthorization>();
  /** By certId. */
  readonly issued = new Map<string, IssuedCertificate>();
  /** Accounts that it will not have any more. */
  readonly lost = new Set<string>();
  /** What the Parameter Store keeps of our account here. */
  keptAccount: string | undefined;
  readonly onIssued: ((certificate: IssuedCertificate) => void)[] = [];
  readonly onRevoked: ((certificate: IssuedCertificate) => void)[] = [];
  readonly onLimit: ((met: LimitMet, names: readonly string[]) => void)[] = [];
  readonly onRefusedProof: ((authorization: KeptAuthorization) => void)[] = [];
  readonly parts: CaParts;
  /** How long it wants to be left alone after renewal information. */
  askAgainMs = 6 * HOUR;
  version = 0;
  #accounts = 0;
  #made = 0;

  constructor(host: string, identity: string, parts: CaParts) {
    this.host = host;
    this.identity = identity;
    this.directoryUrl = `https://${host}/directory`;
    this.parts = parts;
    this.issuer = new Issuer(host, parts.random);
  }

  newAccount(): string {
    this.#accounts += 1;
    return `https://${this.host}/acct/${this.#accounts}`;
  }

  requireAccount(account: string): void {
    if (!this.lost.has(account)) return;
    throw new AcmeError('acme-unauthorized', `the CA ${this.host} refused: account is deactivated`);
  }

  newOrder(account: string, { names, profile, replaces }: OrderRequest): Order {
    this.requireAccount(account);
    const { scheduler, faults } = this.parts;
    const now = scheduler.now;
    const replaced = replaces === undefined ? undefined : this.#replaced(account, replaces, names);
    const window = replaced && (replaced.window ?? suggestedWindow(replaced.notBefore, replaced.notAfter));
    const isExempt =
      window !== undefined &&
      window.start <= now &&
      now <= Math.max(window.end, replaced?.window ? Number.POSITIVE_INFINITY : 0);
    const met = isExempt ? undefined : this.limits.met(account, names, now);
    if (met) {
      for (const hear of this.onLimit) hear(met, names);
      throw new AcmeError('acme-rate-limited', `the CA ${this.host} refused: ${met.message}`, {
        retryAfterMs: met.retryAfterMs,
      });
    }
    const same = this.#sameOrder(account, { names, profile });
    if (same) return this.#shown(same);
    this.#made += 1;
    const url = `https://${this.host}/order/${this.#made}`;
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
      isPoisoned: faults.happens('ca.poisoned-order'),
      isStuck: faults.happens('ca.stuck-order'),
    };
    order.authorizations = names.map((name) => this.#authorize(account, name));
    this.orders.set(url, order);
    if (replaced) replaced.replacedBy = url;
    if (!isExempt) this.limits.ordered(account, now);
    this.#forgetOld();
    return this.#shown(order);
  }

  order(account: string, url: string): Order {
    const order = this.#orderOf(account, url);
    if (order.isPoisoned)
      throw new AcmeError('acme-server-internal', `the CA ${this.host} refused: Error retrieving order`);
    return this.#shown(order);
  }

  authorization(account: string, url: string): KeptAuthorization {
    this.requireAccount(account);
    const found = this.authorizations.get(url);
    if (!found || found.account !== account)
      throw new AcmeError('acme-malformed', `the CA ${this.host} refused: No such authorization`);
    if (found.expires <= this.parts.scheduler.now && found.status !== 'invalid') found.status = 'expired';
    return found;
  }

  answer(account: string, url: string): void {
    const authorization = this.authorization(account, url);
    if (authorization.status !== 'pending' || authorization.answered) return;
    authorization.answered = true;
    validate(this, authorization);
  }

  finalize(account: string, url: string, csr: CsrSubject): Order {
    const { scheduler, random, faults } = this.parts;
    const order = this.#orderOf(account, url);
    if (this.#statusOf(order) !== 'ready')
      throw new AcmeError(
        'acme-order-not-ready',
        `the CA ${this.host} refused: Order's status is not acceptable for finalization`,
      );
    if (setOf(csr.names) !== setOf(order.names))
      throw new AcmeError(
        'acme-bad-csr',
        `the CA ${this.host} refused: CSR does not specify same identifiers as Order`,
      );
    order.status = 'processing';
    scheduler.after(random.spread(200, 8_000), `ca issue ${url}`, () => {
      if (faults.happens('ca.order-fails')) order.status = 'invalid';
      else this.#issue(order, csr);
    });
    return this.#shown(order);
  }

  certificate(account: string, url: string): string {
    return this.#orderOf(account, url).issued?.fullchain ?? '';
  }

  revoke(issued: IssuedCertificate, reason?: string): void {
    if (issued.revokedAt !== undefined) return;
    issued.revokedAt = this.parts.scheduler.now;
    if (reason !== undefined) issued.reason = reason;
    for (const hear of this.onRevoked) hear(issued);
  }

  #issue(order: KeptOrder, csr: CsrSubject): void {
    const { scheduler, random } = this.parts;
    const spki = publicKeyOf(csr.key);
    const notBefore = Math.floor(scheduler.now / 1000) * 1000 - HOUR;
    const notAfter = notBefore + lifetimeOf(order.profile, scheduler.now) - 1000;
    const serial = `03${random.hex(17)}`;
    const dates = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
    const leaf = this.issuer.issue({ spki, names: order.names, serial, ...dates });
    const issued: IssuedCertificate = {
      serial,
      certId: this.issuer.certIdOf(serial),
      names: order.names,
      profile: order.profile,
      notBefore,
      notAfter,
      keyFingerprint: sha256(spki),
      account: order.account,
      fullchain: leaf + this.issuer.certificate,
      issuedAt: scheduler.now,
    };
    this.issued.set(issued.certId, issued);
    order.issued = issued;
    order.status = 'valid';
    if (!order.isExempt) this.limits.issued(order.names, scheduler.now);
    for (const hear of this.onIssued) hear(issued);
  }

  #replaced(account: string, certId: string, names: readonly string[]): IssuedCertificate | undefined {
    const found = this.issued.get(certId);
    if (!found)
      throw new AcmeError(
        'acme-malformed',
        `the CA ${this.host} refused: path does not contain a certificate that is known`,
      );
    if (found.account !== account)
      throw new AcmeError(
        'acme-unauthorized',
        `the CA ${this.host} refused: requester account did not request the certificate being replaced`,
      );
    if (found.replacedBy !== undefined && this.orders.get(found.replacedBy)?.status !== 'invalid')
      throw new AcmeError(
        'acme-already-replaced',
        `the CA ${this.host} refused: certificate has already been replaced`,
      );
    return found.names.some((name) => names.includes(name)) ? found : undefined;
  }

  #sameOrder(account: string, { names, profile }: OrderRequest): KeptOrder | undefined {
    const { now } = this.parts.scheduler;
    for (const order of this.orders.values()) {
      if (order.account !== account || order.profile !== profile || order.expires <= now) continue;
      if (setOf(order.names) !== setOf(names)) continue;
      if (['pending', 'ready'].includes(this.#statusOf(order)) && !order.isStuck && !order.isPoisoned)
        return order;
    }
    return undefined;
  }

  #authorize(account: string, name: string): string {
    const { scheduler, random } = this.parts;
    const identifier = identifierOf(name);
    const isWildcard = name !== identifier;
    for (const known of this.authorizations.values())
      if (known.status === 'valid' && known.identifier === identifier && known.isWildcard === isWildcard)
        if (known.account === account && known.expires > scheduler.now + HOUR) return known.url;
    this.#made += 1;
    const url = `https://${this.host}/authz/${this.#made}`;
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

  #orderOf(account: string, url: string): KeptOrder {
    this.requireAccount(account);
    const order = this.orders.get(url);
    const isGone = order && order.expires <= this.parts.scheduler.now && order.status !== 'valid';
    if (!order || order.account !== account || isGone)
      throw new AcmeError('acme-malformed', `the CA ${this.host} refused: No order for ID`);
    return order;
  }

  #statusOf(order: KeptOrder): Order['status'] {
    if (order.status !== 'pending') return order.status;
    const statuses = order.authorizations.map((url) => this.authorizations.get(url)?.status);
    if (order.isStuck) return 'pending';
    if (statuses.some((status) => status === 'invalid' || status === 'expired' || status === undefined))
      order.status = 'invalid';
    else if (statuses.every((status) => status === 'valid')) order.status = 'ready';
    return order.status;
  }

  #shown(order: KeptOrder): Order {
    const status = this.#statusOf(order);
    const { url, authorizations } = order;
    const certificate = status === 'valid' ? `${url}/certificate` : undefined;
    return { url, status, authorizations: [...authorizations], finalize: `${url}/finalize`, certificate };
  }

  /** How long a proof counts, from now on. */
  get reuse(): number {
    return authorizationReuse(this.parts.scheduler.now);
  }

  #forgetOld(): void {
    const { now } = this.parts.scheduler;
    const isOld = ({ expires }: { expires: number }) => expires + 30 * DAY < now;
    for (const [url, order] of this.orders)
      if (isOld(order)) this.orders.delete(url);
      else break;
    for (const [url, authorization] of this.authorizations)
      if (isOld(authorization)) this.authorizations.delete(url);
      else break;
  }
}

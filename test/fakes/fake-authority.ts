import { createHash } from 'node:crypto';
import { challengeName, identifierOf } from '../../lib/foundation/certificate/domain-name.ts';
import type { RevocationReason } from '../../lib/foundation/certificate/revocation.ts';
import { keyFingerprint } from '../../lib/foundation/certificate/verify-issued.ts';
import {
  AcmeError,
  type Authorization,
  type CertificateAuthority,
  type CsrSubject,
  type Order,
  type OrderRequest,
} from '../../lib/issuance/ca/certificate-authority.ts';
import type { CaaIssuer } from '../../lib/issuance/dns/rules/issuer.ts';
import type { TestCa } from './certificates.ts';
import type { FakeZones } from './fake-zones.ts';

type Call =
  | 'createOrder'
  | 'order'
  | 'authorization'
  | 'answerChallenge'
  | 'prepare'
  | 'finalize'
  | 'certificate'
  | 'revoke';

interface KeptOrder extends Order {
  names: readonly string[];
  profile: string | undefined;
}

/** A CA that believes what stands in the fake zones, and issues real certificates with its clock's dates. */
export class FakeAuthority implements CertificateAuthority {
  readonly directoryUrl: string;
  accountUrl: string;
  readonly #host: string;
  readonly #identity: string;
  readonly #ca: TestCa;
  readonly #zones: FakeZones;
  readonly #clock: () => Date;
  readonly #orders = new Map<string, KeptOrder>();
  readonly #authorizations = new Map<string, Authorization>();
  readonly #certificates = new Map<string, string>();
  /** The names of each certificate that was issued. */
  readonly issued: (readonly string[])[] = [];
  readonly revoked: { certificate: string; reason: RevocationReason }[] = [];
  /** What was ordered. */
  readonly requests: OrderRequest[] = [];
  /** Runs before each call, with the names or the address it is about; throws to refuse. */
  before: (call: Call, about: string) => void | Promise<void> = () => {};
  /** Runs after each call that was carried out, before its answer; throws to lose that. */
  after: (call: Call, about: string) => void | Promise<void> = () => {};
  /** Whether the same names and profile are given the same order as long as it is pending or ready, as Boulder does. */
  givesOrderAgain = false;
  offersPersist = true;
  /** Fingerprints of keys that it takes in no CSR. */
  readonly blockedKeys = new Set<string>();
  /** The aliases that it follows, one step. */
  cnames: ReadonlyMap<string, string> = new Map();
  lifetimeDays = 90;

  constructor(
    ca: TestCa,
    {
      zones,
      clock,
      host = 'ca.test',
      identity = host,
    }: { zones: FakeZones; clock: () => Date; host?: string; identity?: string },
  ) {
    this.#host = host;
    this.#identity = identity;
    this.directoryUrl = `https://${host}/directory`;
    this.accountUrl = `https://${host}/account/1`;
    this.#ca = ca;
    this.#zones = zones;
    this.#clock = clock;
  }

  async caaIssuer(): Promise<CaaIssuer> {
    return { identity: this.#identity, accountUri: this.accountUrl };
  }

  /** How standing records name the account (draft 02); by its address without it (draft 01). */
  accountHash: { prefix: string; thumbprint: string } | undefined;

  async standingIssuer() {
    return { identity: this.#identity, accountUri: this.accountUrl, hash: this.accountHash };
  }

  async createOrder(request: OrderRequest): Promise<Order> {
    await this.before('createOrder', request.names.join(' '));
    this.requests.push(request);
    const again = this.givesOrderAgain ? this.#sameOrder(request) : undefined;
    const order = again ?? this.#newOrder(request);
    await this.after('createOrder', request.names.join(' '));
    return { ...order };
  }

  /** Let's Encrypt: an unexpired order of the same account, names and profile that nobody has finalized. */
  #sameOrder({ names, profile }: OrderRequest): Order | undefined {
    const subject = (of: OrderRequest) => JSON.stringify([[...of.names].sort(), of.profile]);
    return [...this.#orders.values()].find(
      (order) =>
        ['pending', 'ready'].includes(order.status) && subject(order) === subject({ names, profile }),
    );
  }

  #newOrder(request: OrderRequest): KeptOrder {
    const url = `https://${this.#host}/order/${this.requests.length}`;
    const authorizations = request.names.map((name) => this.#authorize(url, name));
    const order: KeptOrder = {
      url,
      status: 'pending',
      authorizations,
      finalize: `${url}/finalize`,
      names: request.names,
      profile: request.profile,
    };
    this.#orders.set(url, order);
    return order;
  }

  async order(url: string): Promise<Order> {
    await this.before('order', url);
    const order = this.#orders.get(url);
    if (!order) throw new AcmeError('acme-malformed', `no order ${url}`);
    if (order.status === 'pending') order.status = this.#provenStatus(order);
    return { ...order };
  }

  async authorization(url: string): Promise<Authorization> {
    await this.before('authorization', url);
    const authorization = this.#authorizations.get(url);
    if (!authorization) throw new AcmeError('acme-malformed', `no authorization ${url}`);
    return { ...authorization };
  }

  async answerChallenge(url: string): Promise<void> {
    await this.before('answerChallenge', url);
    const authorization = this.#authorizations.get(url.replace(/\/challenge$/, ''));
    if (!authorization?.challenge) throw new AcmeError('acme-malformed', `no challenge ${url}`);
    const standing = this.#zones.values(`_validation-persist.${authorization.identifier}`, 'TXT');
    if (standing.length > 0) {
      authorization.status = 'valid';
      return;
    }
    const name = challengeName(authorization.identifier);
    const target = this.#zones.belowWildcard.has(name) ? undefined : this.cnames.get(name);
    const found = this.#zones.values(target ?? name, 'TXT');
    const proved = found.includes(`"${authorization.challenge.txtValue}"`);
    authorization.status = proved ? 'valid' : 'invalid';
    if (proved) return;
    const message = 'Incorrect TXT record (unauthorized)';
    authorization.problems = [{ reason: 'acme-unauthorized', message, identifiers: [] }];
  }

  async prepare(csr: CsrSubject): Promise<void> {
    await this.before('prepare', csr.names.join(' '));
  }

  async finalize({ url }: Order, csr: CsrSubject): Promise<Order> {
    const order = this.#orders.get(url);
    await this.before('finalize', csr.names.join(' '));
    if (order?.status !== 'ready') throw new AcmeError('acme-order-not-ready', `order ${url} is not ready`);
    if (this.blockedKeys.has(keyFingerprint(csr.key)))
      throw new AcmeError('acme-bad-csr', 'invalid public key in CSR: public key is forbidden');
    const notBefore = this.#clock();
    const notAfter = new Date(notBefore.getTime() + this.lifetimeDays * 86_400_000);
    const leaf = await this.#ca.issue({ ...csr, notBefore, notAfter });
    this.issued.push(csr.names);
    this.#certificates.set(url, leaf + this.#ca.issuer);
    order.status = 'valid';
    return { ...order };
  }

  async revoke(certificate: string, reason: RevocationReason): Promise<void> {
    await this.before('revoke', reason);
    this.revoked.push({ certificate, reason });
  }

  async certificate({ url }: Order): Promise<[string, ...string[]]> {
    await this.before('certificate', url);
    return [this.#certificates.get(url) ?? ''];
  }

  #authorize(order: string, name: string): string {
    const url = `${order}/authorization/${name}`;
    const txtValue = createHash('sha256').update(url).digest('base64url');
    const challenge = { url: `${url}/challenge`, status: 'pending', txtValue };
    this.#authorizations.set(url, {
      url,
      identifier: identifierOf(name),
      status: 'pending',
      challenge,
      problems: [],
      ...(this.offersPersist && { persistChallenge: challenge }),
    });
    return url;
  }

  #provenStatus({ authorizations }: Order): Order['status'] {
    const statuses = authorizations.map((url) => this.#authorizations.get(url)?.status);
    if (statuses.includes('invalid')) return 'invalid';
    return statuses.every((status) => status === 'valid') ? 'ready' : 'pending';
  }
}

import { X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';
import { REVOCATION_REASONS, type RevocationReason } from '../../foundation/certificate/revocation.ts';
import { parseValue } from '../../foundation/common/parse-json.ts';
import {
  AcmeError,
  type Authorization,
  type CertificateAuthority,
  type CsrSubject,
  type Order,
  type OrderRequest,
} from '../../issuance/ca/certificate-authority.ts';
import { complaintAboutProfile } from '../../issuance/ca/rules/profile.ts';
import type { AccountIssuer, CaaIssuer } from '../../issuance/dns/rules/issuer.ts';
import type { AcmeClient } from './acme-client.ts';
import { alternatesIn } from './alternate-chains.ts';
import { Csrs } from './csrs.ts';
import { caaNames, standingTerms } from './directory.ts';
import { type HttpAnswer, parseRetryAfter, problemOf } from './problem.ts';
import { thumbprintOf } from './thumbprint.ts';

const HttpsUrl = z.string().check(z.regex(/^https:\/\//, 'is not an https address'));
/** Of a renewal file. */
const MOST_NAMES = 100;
const OrderBody = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  /** One for each identifier (RFC 8555, 7.1.3); each is asked for. */
  authorizations: z.array(HttpsUrl).check(z.maxLength(MOST_NAMES, 'has more than an order has names')),
  finalize: HttpsUrl,
  certificate: z.optional(HttpsUrl),
  error: z.optional(z.unknown()),
});
const Challenge = z.object({
  type: z.string(),
  url: HttpsUrl,
  status: z.string(),
  token: z.optional(z.string()),
  error: z.optional(z.unknown()),
  issuerDomainNames: z.catch(z.optional(z.array(z.string())), undefined),
});
const AuthorizationBody = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: z.object({ type: z.literal('dns'), value: z.string() }),
  challenges: z.array(Challenge),
});

/** One CA over ACME (RFC 8555), with our account there. */
export class AcmeAuthority implements CertificateAuthority {
  readonly directoryUrl: string;
  readonly #client: AcmeClient;
  readonly #caaIdentity: string | undefined;
  readonly #csrs = new Csrs();

  /** `caaIdentity` is used when the directory's `meta.caaIdentities` is empty. */
  constructor(
    client: AcmeClient,
    { directoryUrl, caaIdentity }: { directoryUrl: string; caaIdentity: string | undefined },
  ) {
    this.#client = client;
    this.directoryUrl = directoryUrl;
    this.#caaIdentity = caaIdentity;
  }

  get accountUrl(): string {
    return this.#client.getAccountUrl();
  }

  async caaIssuer(): Promise<CaaIssuer | undefined> {
    const { meta } = await this.#client.http.getDirectory();
    const identity = this.#caaIdentity;
    const named = caaNames(meta, this.directoryUrl) ?? (identity === undefined ? undefined : { identity });
    return named && { ...named, accountUri: this.accountUrl };
  }

  async standingIssuer(): Promise<AccountIssuer | undefined> {
    const { issuer, accountHashPrefix: prefix } = standingTerms(
      (await this.#client.http.getDirectory()).meta,
    );
    const caa = await this.caaIssuer();
    const identity = issuer ?? caa?.identity;
    if (identity === undefined) return undefined;
    const hash =
      prefix === undefined ? undefined : { prefix, thumbprint: thumbprintOf(this.#client.http.getJwk()) };
    return { identity, accountUri: this.accountUrl, ...(hash && { hash }) };
  }

  async createOrder({ names, profile, replaces }: OrderRequest): Promise<Order> {
    if (profile !== undefined) await this.#requireProfile(profile);
    const payload = {
      identifiers: names.map((value) => ({ type: 'dns', value })),
      ...(profile && { profile }),
      ...(replaces && (await this.#offersRenewalInfo()) && { replaces }),
    };
    const answer = await this.#client.api.apiResourceRequest('newOrder', payload, [201]);
    return this.#toOrder(answer, parseAnswer(answer.headers.location, HttpsUrl, 'Location of the new order'));
  }

  async order(url: string): Promise<Order> {
    return this.#toOrder(await this.#client.api.apiRequest(url, null, [200]), url);
  }

  async authorization(url: string): Promise<Authorization> {
    const { data } = await this.#client.api.apiRequest(url, null, [200]);
    const body = parseAnswer(data, AuthorizationBody, url);
    const challenge = body.challenges.find(({ type }) => type === 'dns-01');
    const persist = body.challenges.find(({ type }) => type === 'dns-persist-01');
    return {
      url,
      identifier: body.identifier.value.toLowerCase(),
      status: body.status,
      challenge: challenge && (await this.#withTxtValue(challenge)),
      persistChallenge: persist && {
        url: persist.url,
        status: persist.status,
        issuers: persist.issuerDomainNames,
      },
      problems: body.challenges.flatMap(({ error }) => problemOf(error) ?? []),
    };
  }

  /**
   * A CA may refuse a second answer. When the challenge is no longer pending, an earlier try has answered it. Boulder says
   * `conflict` (HTTP 409) while it works on the first answer, and calls the challenge pending meanwhile.
   */
  async answerChallenge(url: string): Promise<void> {
    await this.#client.api.apiRequest(url, {}, [200]).catch(async (error) => {
      if (error instanceof AcmeError && error.reason === 'acme-conflict') return;
      if (!(error instanceof AcmeError) || error.reason !== 'acme-malformed') throw error;
      const { data } = await this.#client.api.apiRequest(url, null, [200]);
      if (parseAnswer(data, Challenge, url).status === 'pending') throw error;
    });
  }

  async prepare(subject: CsrSubject): Promise<void> {
    await this.#csrs.of(subject).catch(() => {});
  }

  async finalize(order: Order, subject: CsrSubject): Promise<Order> {
    const payload = { csr: await this.#csrs.of(subject) };
    return this.#toOrder(await this.#client.api.apiRequest(order.finalize, payload, [200]), order.url);
  }

  async certificate(order: Order, { alternates } = { alternates: false }): Promise<[string, ...string[]]> {
    const url = order.certificate;
    const seen = `the CA calls order ${order.url} valid and gives no certificate`;
    if (!url) throw new AcmeError('ca-answer-malformed', seen);
    const { data, headers } = await this.#client.api.apiRequest(url, null, [200]);
    const others = alternates ? alternatesIn(headers.link, url) : [];
    const chains = others.map(async (other) => (await this.#client.api.apiRequest(other, null, [200])).data);
    return [String(data), ...(await Promise.all(chains)).map(String)];
  }

  async revoke(certificate: string, reason: RevocationReason): Promise<void> {
    const body = new X509Certificate(certificate).raw.toString('base64url');
    const payload = { certificate: body, reason: REVOCATION_REASONS[reason] };
    await this.#client.api.apiResourceRequest('revokeCert', payload, [200]).catch((error) => {
      if (!(error instanceof AcmeError) || error.reason !== 'acme-already-revoked') throw error;
    });
  }

  async #requireProfile(profile: string): Promise<void> {
    const profiles = await this.#client.http.getMetaField('profiles');
    const offered = typeof profiles === 'object' && profiles !== null ? Object.keys(profiles) : [];
    const complaint = complaintAboutProfile(profile, { directoryUrl: this.directoryUrl, offered });
    if (complaint) throw new AcmeError('profile-unknown', complaint);
  }

  async #offersRenewalInfo(): Promise<boolean> {
    return typeof (await this.#client.http.getDirectory()).renewalInfo === 'string';
  }

  #toOrder({ data, headers }: HttpAnswer, url: string): Order {
    const { error, ...order } = parseAnswer(data, OrderBody, url);
    return {
      ...order,
      url,
      problem: problemOf(error),
      retryAfterMs: parseRetryAfter(headers['retry-after'], new Date()),
    };
  }

  /** RFC 8555, 8.4: base64url of the SHA-256 of the key authorization. */
  async #withTxtValue({ url, status, token }: z.infer<typeof Challenge>) {
    if (token === undefined) return undefined;
    const challenge = { type: 'dns-01', url, token, status: 'pending' } as const;
    return { url, status, txtValue: await this.#client.getChallengeKeyAuthorization(challenge) };
  }
}

function parseAnswer<T extends z.ZodMiniType>(data: unknown, schema: T, url: string): z.infer<T> {
  try {
    return parseValue(data, schema, { where: url, reason: 'ca-answer-malformed' });
  } catch (cause) {
    const seen = `the CA's answer cannot be used: ${cause instanceof Error ? cause.message : ''}`;
    throw new AcmeError('ca-answer-malformed', { seen, cause });
  }
}

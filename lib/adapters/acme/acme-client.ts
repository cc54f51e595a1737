import acme from 'acme-client';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { requireDirectory } from './directory.ts';
import type { HttpAnswer } from './problem.ts';
import { AcmeTransport } from './transport.ts';

const MAX_TRIES = 3;
/** With nine of ten nonces refused, a request still gets through. */
const MAX_BAD_NONCE_RETRIES = 60;

interface AcmeHttp {
  /** Bound to a new account by createAccount. */
  externalAccountBinding: { kid?: string; hmacKey?: string };
  maxBadNonceRetries: number;
  /** The last answer, whatever it was. */
  directoryCache: unknown;
  request(url: string, method: string, options?: { data?: unknown }): Promise<HttpAnswer>;
  getNonce(): Promise<string>;
  getJwk(): object;
  createSignedBody(url: string, payload: object): object;
  getResourceUrl(resource: string): Promise<string>;
  getDirectory(): Promise<Record<string, unknown>>;
  getMetaField(field: string): Promise<unknown>;
  signedRequest(url: string, payload: unknown, options?: object, attempts?: number): Promise<HttpAnswer>;
}

interface AcmeApi {
  createAccount(data: { onlyReturnExisting: true }): Promise<HttpAnswer>;
  apiRequest(url: string, payload: unknown, validStatus: number[]): Promise<HttpAnswer>;
  apiResourceRequest(resource: string, payload: unknown, validStatus: number[]): Promise<HttpAnswer>;
}

/**
 * acme-client's calls over our transport: its own fetches a nonce for every request, sleeps through a Retry-After of any
 * length, and drops the CA's problem documents.
 */
export class AcmeClient extends acme.Client {
  declare readonly http: AcmeHttp;
  declare readonly api: AcmeApi;

  constructor(options: { directoryUrl: string; accountKey: string; accountUrl?: string }) {
    super(options);
    const transport = new AcmeTransport();
    this.http.maxBadNonceRetries = MAX_BAD_NONCE_RETRIES;
    this.http.request = (url, method, request) =>
      retried(() => transport.request(url, method, request), method !== 'post');
    const fetchDirectory = this.http.getDirectory.bind(this.http);
    this.http.getDirectory = async () => {
      try {
        return requireDirectory(await fetchDirectory(), options.directoryUrl);
      } catch (error) {
        this.http.directoryCache = null;
        throw asTrouble(error, options.directoryUrl);
      }
    };
    this.http.getMetaField = async (field) => Object(Object(await this.http.getDirectory()).meta)[field];
    const fetchNonce = this.http.getNonce.bind(this.http);
    this.http.getNonce = async () =>
      transport.takeNonce() ??
      fetchNonce().catch((error) => Promise.reject(asTrouble(error, options.directoryUrl)));
    const signAndSend = this.http.signedRequest.bind(this.http);
    // Each try signs again with its own nonce. acme-client repeats and counts after badNonce itself.
    this.http.signedRequest = (url, payload, request, attempts = 0) =>
      retried(() => signAndSend(url, payload, request, attempts), attempts === 0);
  }
}

/** acme-client's own errors are about answers without what they have to have. */
function asTrouble(error: unknown, directoryUrl: string): unknown {
  if (error instanceof AcmeError) return error;
  const seen = `${directoryUrl}: ${error instanceof Error ? error.message : String(error)}`;
  return new AcmeError('ca-answer-malformed', { seen, cause: error });
}

/** Errors after the last try: a nonce that cannot be had is not fetched again with each try of the request. */
const givenUp = new WeakSet<object>();

async function retried(call: () => Promise<HttpAnswer>, repeatable: boolean): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AcmeError)) throw error;
      if (attempt === MAX_TRIES) givenUp.add(error);
      if (!repeatable || givenUp.has(error) || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt * (0.5 + Math.random())));
    }
  }
}

/** Connection trouble, and 5xx without a Retry-After. A refusal would only be repeated. */
function isPassing(error: AcmeError): boolean {
  return isOfKind(error.reason, 'tried-at-once') && error.retryAfterMs === undefined;
}

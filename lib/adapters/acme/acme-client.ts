import acme from 'acme-client';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import type { HttpAnswer } from './problem.ts';
import { AcmeTransport } from './transport.ts';

const MAX_TRIES = 3;
/** With nine of ten nonces refused, a request still gets through. */
const MAX_BAD_NONCE_RETRIES = 60;

interface AcmeHttp {
  /** Bound to a new account by createAccount. */
  externalAccountBinding: { kid?: string; hmacKey?: string };
  maxBadNonceRetries: number;
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
 * acme-client's step calls over our transport: its own asks for a nonce before every request, waits out a Retry-After of
 * any length, and drops the CA's problem documents.
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
    const fetchNonce = this.http.getNonce.bind(this.http);
    this.http.getNonce = async () => transport.takeNonce() ?? fetchNonce();
    const signAndSend = this.http.signedRequest.bind(this.http);
    // Each try signs anew, with a nonce of its own; repeats after badNonce are acme-client's and count there.
    this.http.signedRequest = (url, payload, request, attempts = 0) =>
      retried(() => signAndSend(url, payload, request, attempts), attempts === 0);
  }
}

/** What was tried often enough: the nonce that a signed request needs is not tried again with each try of the request. */
const givenUp = new WeakSet<object>();

async function retried(call: () => Promise<HttpAnswer>, repeatable: boolean): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!repeatable || !(error instanceof AcmeError) || givenUp.has(error) || !isPassing(error))
        throw error;
      if (attempt === MAX_TRIES) {
        givenUp.add(error);
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt * (0.5 + Math.random())));
    }
  }
}

/** Connection trouble and 5xx without a wait that the CA asks for; a refusal stays one however often it is asked. */
function isPassing(error: AcmeError): boolean {
  return isOfKind(error.reason, 'tried-at-once') && error.retryAfterMs === undefined;
}

import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { acmeError, type HttpAnswer, isBadNonce } from './problem.ts';

const REQUEST_TIMEOUT_MS = 20_000;
/** Far above any answer of an ACME server: a chain has a few kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000;
/** OpenSSL's words for a chain that ends at no root it trusts (Node.js, TLS, "X509 certificate error codes"). */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const OWN_ROOT = 'if it is a CA of your own, give its root in params.caRoots and deploy';

/**
 * HTTP to one ACME server, with the answers of acme-client's own HTTP layer. Saves each `Replay-Nonce` for the next request
 * (RFC 8555, 6.5), and throws a refusal as {@link AcmeError}.
 */
export class AcmeTransport {
  readonly #nonces: string[] = [];
  readonly #timeoutMs: number;

  constructor({ timeoutMs = REQUEST_TIMEOUT_MS }: { timeoutMs?: number } = {}) {
    this.#timeoutMs = timeoutMs;
  }

  /** A nonce from an earlier answer; each is given out once. */
  takeNonce(): string | undefined {
    return this.#nonces.pop();
  }

  async request(url: string, method: string, { data }: { data?: unknown } = {}): Promise<HttpAnswer> {
    const body = data === undefined ? null : JSON.stringify(data);
    const answer = await send(url, { method: method.toUpperCase(), body, timeoutMs: this.#timeoutMs });
    const nonce = answer.headers['replay-nonce'];
    // acme-client itself repeats the request with the nonce of a badNonce answer; saved here, it would be used twice.
    if (isBadNonce(answer)) return answer;
    if (nonce !== undefined && method !== 'head') this.#nonces.push(nonce);
    if (answer.status >= 400) throw acmeError(answer, { url, now: new Date() });
    return answer;
  }
}

async function send(
  url: string,
  { timeoutMs, ...request }: { method: string; body: string | null; timeoutMs: number },
): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      ...request,
      headers: { 'Content-Type': 'application/jose+json', 'User-Agent': 'perennial' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readBounded(response);
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      data: isJson ? parseOrText(text) : text,
    };
  } catch (cause) {
    if (cause instanceof AcmeError) throw cause;
    const ca = `the CA ${new URL(url).host}`;
    const late = `${ca} did not answer within ${timeoutMs / 1000} s`;
    if (cause instanceof DOMException) throw new AcmeError('ca-timeout', { seen: late, cause });
    const why = causeOf(cause);
    const remedy = UNTRUSTED.has(why) ? OWN_ROOT : '';
    throw new AcmeError('ca-unreachable', { seen: `${ca} cannot be reached: ${why}`, remedy, cause });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new AcmeError('ca-answer-malformed', `the CA answered over ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** fetch has the reason (`ECONNREFUSED`, a TLS error) in its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error instanceof Error ? error.message : String(error);
}

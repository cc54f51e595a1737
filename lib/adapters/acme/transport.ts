import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { acmeError, type HttpAnswer, isBadNonce } from './problem.ts';

const REQUEST_TIMEOUT_MS = 20_000;
/** No answer of an ACME server that we read is near this; a chain is a few kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * HTTP to one ACME server: keeps connections alive, keeps every `Replay-Nonce` for the next request (RFC 8555, 6.5), and
 * turns a refusal into an {@link AcmeError}. It answers what acme-client's own HTTP layer would.
 */
export class AcmeTransport {
  readonly #nonces: string[] = [];
  readonly #timeoutMs: number;

  constructor({ timeoutMs = REQUEST_TIMEOUT_MS }: { timeoutMs?: number } = {}) {
    this.#timeoutMs = timeoutMs;
  }

  /** A nonce from an earlier answer, used up by this. */
  takeNonce(): string | undefined {
    return this.#nonces.pop();
  }

  async request(url: string, method: string, { data }: { data?: unknown } = {}): Promise<HttpAnswer> {
    const answer = await send(url, method, { data, timeoutMs: this.#timeoutMs });
    const nonce = answer.headers['replay-nonce'];
    // acme-client repeats the request with the nonce of a badNonce answer itself; kept here it would be used twice.
    if (isBadNonce(answer)) return answer;
    if (nonce !== undefined && method !== 'head') this.#nonces.push(nonce);
    if (answer.status >= 400) throw acmeError(answer, { url, now: new Date() });
    return answer;
  }
}

async function send(
  url: string,
  method: string,
  { data, timeoutMs }: { data: unknown; timeoutMs: number },
): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: method.toUpperCase(),
      headers: { 'Content-Type': 'application/jose+json', 'User-Agent': 'perennial' },
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
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
    const { host } = new URL(url);
    if (cause instanceof AcmeError) throw cause;
    if (cause instanceof DOMException)
      throw new AcmeError('ca-timeout', {
        seen: `the CA ${host} did not answer within ${timeoutMs / 1000} s`,
        cause,
      });
    throw new AcmeError('ca-unreachable', {
      seen: `the CA ${host} cannot be reached: ${causeOf(cause)}`,
      cause,
    });
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

/** fetch hides the reason (`ECONNREFUSED`, a TLS error) in its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error instanceof Error ? error.message : String(error);
}

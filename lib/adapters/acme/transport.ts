import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { oneLine } from '../../foundation/common/one-line.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { acmeError, type HttpAnswer, isBadNonce } from './problem.ts';
import { complaintAboutTarget, lookupPublic } from './reach.ts';

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
const LONGEST = 300;
const AGENT = new Agent({ keepAlive: true });

/**
 * HTTP to one ACME server, with the answers of acme-client's own HTTP layer. Saves each `Replay-Nonce` for the next request
 * (RFC 8555, 6.5), and throws a refusal as {@link AcmeError}. Asks public addresses over https only, and follows no redirect.
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

interface Sent {
  method: string;
  body: string | null;
  timeoutMs: number;
}

async function send(url: string, sent: Sent): Promise<HttpAnswer> {
  const complaint = complaintAboutTarget(url);
  if (complaint)
    throw new AcmeError(
      'ca-answer-malformed',
      `${oneLine(url, LONGEST)}, where the CA is to be asked, ${complaint}`,
    );
  const ca = `the CA ${new URL(url).host}`;
  const signal = AbortSignal.timeout(sent.timeoutMs);
  try {
    const response = await answerOf(url, sent, signal);
    const { statusCode: status = 0, headers } = response;
    if (status >= 300 && status < 400) {
      response.destroy();
      const to = oneLine(headers.location ?? '', LONGEST);
      throw new AcmeError('ca-answer-malformed', `${ca} redirects to ${to}; no redirect is followed`);
    }
    const text = await readBounded(response);
    const isJson = /[/+]json/.test(headers['content-type'] ?? '');
    return {
      status,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      data: isJson ? parseOrText(text) : text,
    };
  } catch (cause) {
    if (cause instanceof AcmeError) throw cause;
    const ca = `the CA ${new URL(url).host}`;
    const late = `${ca} did not answer within ${sent.timeoutMs / 1000} s`;
    if (signal.aborted) throw new AcmeError('ca-timeout', { seen: late, cause });
    const why = causeOf(cause);
    const remedy = UNTRUSTED.has(why) ? OWN_ROOT : '';
    throw new AcmeError('ca-unreachable', { seen: `${ca} cannot be reached: ${why}`, remedy, cause });
  }
}

/** Node's own request follows no redirect, and connects to the addresses that `lookup` gives it. */
function answerOf(url: string, { method, body }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    'content-type': 'application/jose+json',
    'user-agent': 'perennial',
    ...(body !== null && { 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    request(url, { method, headers, signal, agent: AGENT, lookup: lookupPublic })
      .once('response', resolve)
      .on('error', reject)
      .end(body ?? undefined);
  });
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
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

/** A code (`ECONNREFUSED`) says more than its words, but for `EPROTO`, where OpenSSL's words say what is wrong. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, ofTls] = /SSL routines:[^:]*:([^:]+)/.exec(error.message) ?? [];
  return ofTls ?? ('code' in error ? String(error.code) : error.message);
}

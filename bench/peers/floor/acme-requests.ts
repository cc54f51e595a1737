import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Agent, request } from 'node:https';

interface Answer {
  status: number;
  location: string;
  body: string;
}

/** Requests of RFC 8555 and nothing else: over connections that stay open, with nonces of the answers before. */
export class AcmeRequests {
  readonly #agent: Agent;
  readonly #nonces: string[] = [];
  readonly #key: KeyObject;
  readonly #jwk: object;
  readonly #newNonce: string;
  readonly newOrder: string;
  #kid = '';
  /** Asked so far. */
  count = 0;

  private constructor(agent: Agent, directory: Record<string, string>) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
    this.#agent = agent;
    this.#key = privateKey;
    // In the order of RFC 7638, for the thumbprint.
    this.#jwk = { crv, kty, x, y };
    this.#newNonce = directory.newNonce ?? '';
    this.newOrder = directory.newOrder ?? '';
  }

  /** With a new account, and as many open connections and nonces as are used at once. */
  static async open(directoryUrl: string, connections: number): Promise<AcmeRequests> {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const { body } = await send(agent, 'GET', directoryUrl);
    const directory = JSON.parse(body);
    const acme = new AcmeRequests(agent, directory);
    await Promise.all(Array.from({ length: connections }, () => acme.#takeNonce().then(acme.#keepNonce)));
    const { location } = await acme.post(directory.newAccount, { termsOfServiceAgreed: true });
    acme.#kid = location;
    return acme;
  }

  /** What a thumbprint is made of (RFC 8555, 8.1). */
  get jwk(): string {
    return JSON.stringify(this.#jwk);
  }

  /** POST, or POST-as-GET without a payload; throws the CA's problem. */
  async post(url: string, payload?: object): Promise<Answer> {
    const nonce = this.#nonces.pop() ?? (await this.#takeNonce());
    const who = this.#kid ? { kid: this.#kid } : { jwk: this.#jwk };
    const head = encode(JSON.stringify({ alg: 'ES256', nonce, url, ...who }));
    const body = encode(payload === undefined ? '' : JSON.stringify(payload));
    const signature = sign('sha256', Buffer.from(`${head}.${body}`), {
      key: this.#key,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url');
    const text = JSON.stringify({ protected: head, payload: body, signature });
    this.count += 1;
    const answer = await send(this.#agent, 'POST', url, text);
    this.#keepNonce(answer.nonce);
    if (answer.status >= 400) throw new Error(`${url}: HTTP ${answer.status}: ${answer.body}`);
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  readonly #keepNonce = (nonce: string) => void (nonce && this.#nonces.push(nonce));

  async #takeNonce(): Promise<string> {
    this.count += 1;
    return (await send(this.#agent, 'HEAD', this.#newNonce)).nonce;
  }
}

const encode = (text: string) => Buffer.from(text).toString('base64url');

function send(agent: Agent, method: string, url: string, body?: string): Promise<Answer & { nonce: string }> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/jose+json' };
    // RFC 8555, 6.1: clients must send it.
    const headers = { 'user-agent': 'perennial-bench', ...type };
    const sent = request(url, { agent, method, headers }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part) => parts.push(part)).on('error', reject);
      incoming.on('end', () => {
        const { location = '', 'replay-nonce': nonce } = incoming.headers;
        resolve({
          status: incoming.statusCode ?? 0,
          location,
          nonce: String(nonce ?? ''),
          body: Buffer.concat(parts).toString(),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

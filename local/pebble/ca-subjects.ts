import type { AwsResponse } from '../gateway/request.ts';

/** An order or an authorization, as far as it tells what it is about (RFC 8555, 7.1.3 and 7.1.4). */
interface AcmeObject {
  identifiers?: { value: string }[];
  identifier?: { value: string };
  authorizations?: string[];
  finalize?: string;
  certificate?: string;
  challenges?: { url: string }[];
}

/** The DNS names that the CA's addresses are about, learned from its answers. */
export class CaSubjects {
  readonly #names = new Map<string, string[]>();

  /** Of a request to this path; of a new order those in its JWS. Empty where that is not known. */
  of({ path, body }: { path: string; body: Buffer }): string[] {
    return this.#names.get(path) ?? namesOf(payloadOf(body));
  }

  learn(path: string, answer: AwsResponse): void {
    const told = parse(answer.body.toString());
    const names = namesOf(told).length > 0 ? namesOf(told) : (this.#names.get(path) ?? []);
    if (names.length === 0) return;
    const { authorizations = [], challenges = [], finalize, certificate } = told;
    const urls = [answer.headers.location, finalize, certificate, ...challenges.map(({ url }) => url)];
    for (const url of [...urls, ...authorizations]) {
      if (url !== undefined) this.#names.set(new URL(url).pathname, names);
    }
  }
}

function namesOf({ identifiers, identifier }: AcmeObject): string[] {
  return [...(identifiers ?? []), ...(identifier ? [identifier] : [])].map(({ value }) => value);
}

function payloadOf(body: Buffer): AcmeObject {
  const { payload } = parse(body.toString()) as { payload?: string };
  return payload === undefined ? {} : parse(Buffer.from(payload, 'base64url').toString());
}

function parse(text: string): AcmeObject {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

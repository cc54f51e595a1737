import { inspect } from 'node:util';

/** A private key in PEM (PKCS #8) that cannot be printed by accident; only `reveal` returns its text. */
export class PrivateKeyPem {
  readonly #pem: string;

  constructor(pem: string) {
    this.#pem = pem;
  }

  reveal(): string {
    return this.#pem;
  }

  toString(): string {
    return '[private key]';
  }

  toJSON(): string {
    return '[private key]';
  }

  [inspect.custom](): string {
    return '[private key]';
  }
}

import { createPrivateKey } from 'node:crypto';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import type { Random } from '../engine/random.ts';
import { integer, sequence } from './der.ts';
import { RSA_PRIMES } from './rsa-primes.ts';

/** Primes, the usual one first: with another exponent the same pair is another key. */
const EXPONENTS = [65_537n, 65_539n, 65_543n, 65_551n, 65_557n, 65_563n, 65_579n, 65_581n];

/** RSA keys of 2048 bits: each pair of the primes is one, in an order that the seed draws, and then again with the next exponent. */
export class RsaKeys {
  readonly #pairs: (readonly [bigint, bigint])[];
  #made = 0;

  constructor(random: Random) {
    const primes = RSA_PRIMES.map((hex) => BigInt(`0x${hex}`));
    const pairs = primes.flatMap((p, index) => primes.slice(0, index).map((q) => [p, q] as const));
    const drawn = pairs.map((pair) => ({ pair, at: random.fraction() }));
    this.#pairs = drawn.sort((a, b) => a.at - b.at).map(({ pair }) => pair);
  }

  next(): PrivateKeyPem {
    const pair = this.#pairs[this.#made % this.#pairs.length];
    const exponent = EXPONENTS[Math.floor(this.#made / this.#pairs.length)];
    if (!pair || !exponent) throw new Error(`no RSA key is left after ${this.#made}: add an exponent`);
    this.#made += 1;
    return keyOf(pair, exponent);
  }
}

/** RFC 8017, A.1.2. */
function keyOf([p, q]: readonly [bigint, bigint], exponent: bigint): PrivateKeyPem {
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const numbers = [0n, p * q, exponent, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)];
  const key = sequence(...numbers.map((number) => integer(hexOf(number))));
  const pem = createPrivateKey({ key, format: 'der', type: 'pkcs1' }).export({
    type: 'pkcs8',
    format: 'pem',
  });
  return new PrivateKeyPem(pem.toString());
}

function hexOf(number: bigint): string {
  const hex = number.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/** By Euclid's algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, value % modulus];
  let [before, factor] = [0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [before, factor] = [factor, before - quotient * factor];
  }
  return before < 0n ? before + modulus : before;
}

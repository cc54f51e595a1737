import { AsyncLocalStorage } from 'node:async_hooks';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CurveKey } from '../keys/private-keys.ts';
import { rememberParsed } from './remember-parsed.ts';

/** What the code under test reaches of the world besides its ports: time, chance and keys, all of the seed. */
export interface Outside {
  now: () => number;
  fraction: () => number;
  bytes: (count: number) => Buffer;
  /** PEM, PKCS #8. */
  newKey: (type: CurveKey) => string;
  /** For whichever task asks; never resolves for one that died. */
  sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

let outside: Outside | undefined;
/** Who is running: what the code does in promises is done by the task that it was begun in. */
export const running = new AsyncLocalStorage<unknown>();

const own = {
  now: Date.now,
  random: Math.random,
  elapsed: performance.now.bind(performance),
  bytes: crypto.randomBytes,
  generate: crypto.generateKeyPair,
  sleep: timers.setTimeout,
};

/** Puts the seed in the place of clock, chance, keys and timers; without one, Node's own are back. */
export function takeOver(given: Outside | undefined): void {
  outside = given;
}

Date.now = () => (outside ? outside.now() : own.now());
Math.random = () => (outside ? outside.fraction() : own.random());
performance.now = () => (outside ? outside.now() : own.elapsed());
const replaced = crypto as unknown as Record<string, unknown>;
replaced.randomBytes = (count: number) => (outside ? outside.bytes(count) : own.bytes(count));
const generate = (...given: Parameters<typeof own.generate>) => own.generate(...given);
Object.assign(generate, {
  [promisify.custom]: async (kind: string, { namedCurve = '' }: { namedCurve?: string } = {}) => {
    if (!outside || kind !== 'ec') throw new Error(`the simulation makes no ${kind} keys`);
    const pem = outside.newKey(namedCurve === 'P-384' ? 'ecdsa-p384' : 'ecdsa-p256');
    return { privateKey: crypto.createPrivateKey(pem) };
  },
});
replaced.generateKeyPair = generate;
(timers as unknown as Record<string, unknown>).setTimeout = (
  ms: number,
  value: unknown,
  options: { signal?: AbortSignal } = {},
) => (outside ? outside.sleep(ms, options.signal).then(() => value) : own.sleep(ms, value, options));
rememberParsed(crypto);
syncBuiltinESMExports();

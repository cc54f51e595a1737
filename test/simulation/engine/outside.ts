import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { rememberJson } from './remember-json.ts';
import { rememberParsed } from './remember-parsed.ts';

let isClosed = false;
let isJsonKept = false;

/**
 * While it is closed, whoever reaches Node's clock, chance, keys or timers instead of a port gets an error: what the seed does
 * not decide would not be the same the next time.
 */
export function closeOutside(closed: boolean): void {
  isClosed = closed;
  // Only by now all schemas are there.
  if (!isJsonKept) rememberJson(() => isClosed);
  isJsonKept = true;
}

/** Puts a guard in the place of a function; types do not matter to it. */
function guard(holder: object, name: string): void {
  const functions = holder as Record<string, (...given: unknown[]) => unknown>;
  const own = functions[name]?.bind(holder);
  functions[name] = (...given) => {
    if (isClosed) throw new Error(`${name} is reached in the simulation, and no port says what it gives`);
    return own?.(...given);
  };
}

guard(Date, 'now');
guard(Math, 'random');
guard(performance, 'now');
guard(globalThis, 'setTimeout');
guard(globalThis, 'setInterval');
for (const name of ['randomBytes', 'randomUUID', 'randomInt', 'generateKeyPair', 'generateKeyPairSync'])
  guard(crypto, name);
guard(timers, 'setTimeout');
rememberParsed(crypto);
syncBuiltinESMExports();

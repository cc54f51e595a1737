import { setTimeout as sleep } from 'node:timers/promises';

/** The stack did something else on the second emulator than on the first. */
export class ExpectationError extends Error {
  override name = 'ExpectationError';
}

const LIMIT_MS = 120_000;
const BETWEEN_MS = 250;

/** Asks until there is an answer; throws ExpectationError after two minutes, saying what did not come. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new ExpectationError(`${what}: did not come within ${LIMIT_MS / 1000} s`);
    await sleep(BETWEEN_MS);
  }
}

/** Throws ExpectationError where the two differ as JSON. */
export function expectSame(what: string, seen: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(seen), JSON.stringify(expected)];
  if (is !== should) throw new ExpectationError(`${what}: ${is}, expected ${should}`);
}

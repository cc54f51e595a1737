import { setTimeout as sleep } from 'node:timers/promises';
import { errorName } from './error-name.ts';

/** Throttling. `PriorRequestNotComplete` is Route 53's, for one hosted zone; the SDK does not retry it. */
const PASSING = ['Throttling', 'ThrottlingException', 'PriorRequestNotComplete', 'TooManyRequestsException'];
const MAX_TRIES = 8;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 8_000;

/** Repeats a throttled call, with full jitter between the tries, until `signal` aborts. */
export async function patiently<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt === MAX_TRIES || !PASSING.includes(errorName(error))) throw error;
      await sleep(Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt), undefined, {
        signal,
      });
    }
  }
}

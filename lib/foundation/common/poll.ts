import { setTimeout as sleep } from 'node:timers/promises';
import { PerennialError } from './perennial-error.ts';

/** A wait that did not end in time: the function's deadline came, or the wait's own limit. */
export class TimeLimitError extends PerennialError<'out-of-time' | 'wait-limit-reached'> {
  override readonly name = 'TimeLimitError';
}

export interface PollOptions<T> {
  /** What is waited for, for the error. */
  what: string;
  /** Milliseconds to the next look; the last look's value can ask for more. */
  delayMs: (attempt: number, last: T | undefined) => number;
  limitMs: number;
  signal: AbortSignal;
}

/** Looks until `done` holds; throws {@link TimeLimitError} at the limit or when the signal fires. */
export async function poll<T>(
  look: () => Promise<T>,
  done: (value: T) => boolean,
  options: PollOptions<T>,
): Promise<T> {
  const end = Date.now() + options.limitMs;
  let last: T | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const delay = options.delayMs(attempt, last);
    if (Date.now() + delay > end) {
      throw new TimeLimitError(
        'wait-limit-reached',
        `${options.what} did not come within ${options.limitMs / 1000} s`,
      );
    }
    await pause(delay, options);
    last = await look();
    if (done(last)) return last;
  }
}

async function pause(
  delay: number,
  { what, signal }: Pick<PollOptions<unknown>, 'what' | 'signal'>,
): Promise<void> {
  try {
    signal.throwIfAborted();
    if (delay > 0) await sleep(delay, undefined, { signal });
  } catch {
    throw new TimeLimitError('out-of-time', {
      seen: `the function's time ended while waiting for ${what}`,
      remedy: 'the next run goes on from here',
    });
  }
}

/** 0.1 s, doubling, at most `maxMs`. */
export function backOff(maxMs: number): (attempt: number) => number {
  return (attempt) => Math.min(maxMs, 100 * 2 ** attempt);
}

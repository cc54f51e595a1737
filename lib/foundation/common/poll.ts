import { PerennialError } from './perennial-error.ts';
import type { Timer } from './timer.ts';

/** A wait reached the function's deadline, or its own limit. */
export class TimeLimitError extends PerennialError<'out-of-time' | 'wait-limit-reached'> {
  override readonly name = 'TimeLimitError';
}

export interface PollOptions<T> {
  /** What is waited for, for the error. */
  what: string;
  /** Milliseconds to the next attempt; the last value can ask for more. */
  delayMs: (attempt: number, last: T | undefined) => number;
  limitMs: number;
  /** When the wait began, where this is only its end; in milliseconds of `runtime.elapsed`. */
  since?: number;
  signal: AbortSignal;
  runtime: Timer;
}

/** Reads until `done` holds, once at least and once at the limit; throws {@link TimeLimitError} then, or when the signal fires. */
export async function poll<T>(
  read: () => Promise<T>,
  done: (value: T) => boolean,
  { what, delayMs, limitMs, signal, runtime, since = runtime.elapsed() }: PollOptions<T>,
): Promise<T> {
  const end = runtime.elapsed() + limitMs;
  let last: T | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const left = end - runtime.elapsed();
    if (attempt > 0 && left <= 0) throw notCome(what, runtime.elapsed() - since);
    const delay = Math.min(Math.max(left, 0), delayMs(attempt, last));
    try {
      signal.throwIfAborted();
      if (delay > 0) await runtime.sleep(delay, signal);
    } catch {
      throw new TimeLimitError('out-of-time', {
        seen: `the function's time ended while waiting for ${what}`,
        remedy: 'the next run goes on from here',
      });
    }
    last = await read();
    if (done(last)) return last;
  }
}

function notCome(what: string, waitedMs: number): TimeLimitError {
  return new TimeLimitError(
    'wait-limit-reached',
    `${what} did not come within ${Math.round(waitedMs / 1000)} s`,
  );
}

/** 0.1 s, doubling, at most `maxMs`. */
export function backOff(maxMs: number): (attempt: number) => number {
  return (attempt) => Math.min(maxMs, 100 * 2 ** attempt);
}

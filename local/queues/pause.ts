import { setTimeout as sleep } from 'node:timers/promises';

/** What becomes visible by itself (a delay, a visibility timeout) is found after this time at most. */
export const LOOK_AGAIN_MS = 500;
/** An empty queue is looked into when something is sent to it; this is for what comes another way. */
export const LOOK_AGAIN_WHEN_EMPTY_MS = 5_000;

/** The pause of a loop, which ends early when something has happened. */
export class Pause {
  #woken = false;
  #wake: () => void = () => {};

  /** From now on nothing that happens is missed. */
  begin(): void {
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Ends after a time, or once something happens; at once where it has since `begin`. */
  async rest(ms: number): Promise<void> {
    if (this.#woken) return;
    const timer = new AbortController();
    this.#wake = () => timer.abort();
    await sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  }
}

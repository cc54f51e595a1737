import { setTimeout as sleep } from 'node:timers/promises';
import { ThrottledError } from '../lambda/functions.ts';
import type { InvocationResult } from '../lambda/invocation.ts';
import type { QueueMapping } from './mappings.ts';
import { LOOK_AGAIN_MS, LOOK_AGAIN_WHEN_EMPTY_MS, Pause } from './pause.ts';

export interface LookerOptions {
  mapping: QueueMapping;
  /** How many messages can be taken now, and how many there are with those that are hidden. */
  counts: () => Promise<{ visible: number; all: number }>;
  invoke: (functionArn: string, payload: string) => Promise<InvocationResult>;
  /** Told when a run is over: what it took and did not delete comes back. */
  onEnd: () => Promise<void>;
  onError: (line: string) => void;
}

/** What the schedule sends. */
const LOOK = JSON.stringify({ look: true });

/** Has a function look into its queue as soon as a message is there, where AWS's schedule would at the next minute. */
export class Looker {
  readonly #options: LookerOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  readonly #pause = new Pause();
  #running = 0;

  constructor(options: LookerOptions) {
    this.#options = options;
    this.#loop = this.#look();
  }

  get mapping(): QueueMapping {
    return this.#options.mapping;
  }

  /** How many runs are under way. */
  get inFlight(): number {
    return this.#running;
  }

  /** Looks now: a message was just sent. */
  wake(): void {
    this.#pause.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#pause.wake();
    await this.#loop;
  }

  async #look(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#pause.begin();
      const { visible, all } = await this.#options.counts().catch(() => ({ visible: 0, all: 1 }));
      if (visible > 0) await this.#run();
      else await this.#pause.rest(all > 0 ? LOOK_AGAIN_MS : LOOK_AGAIN_WHEN_EMPTY_MS);
    }
  }

  async #run(): Promise<void> {
    const { mapping, invoke, onEnd, onError } = this.#options;
    this.#running += 1;
    try {
      await invoke(mapping.functionArn, LOOK);
    } catch (error) {
      // The schedule's next look comes anyway.
      if (!(error instanceof ThrottledError)) onError(`${mapping.functionArn}: ${error}`);
      await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    } finally {
      await onEnd().catch((error) => onError(`${mapping.queueArn}: ${error}`));
      this.#running -= 1;
    }
  }
}

import { updateObject } from '../../foundation/bucket/update-object.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { parseLimits, readLimits } from '../ca/read-limits.ts';
import { type CaLimits, learnLimits, NO_LIMITS } from '../ca/rules/ca-limits.ts';
import type { Refusal } from '../ca/rules/rate-limit-scope.ts';
import type { RenewDeps } from './deps.ts';

type Deps = Pick<RenewDeps, 'store' | 'clock' | 'warn'>;

/** What one CA has told us to wait for: known to this run at once, and stored for all others. */
export class LearnedLimits {
  readonly #deps: Deps;
  readonly #key: string;
  #known: CaLimits;
  #storing = Promise.resolve();

  private constructor(deps: Deps, key: string, known: CaLimits) {
    this.#deps = deps;
    this.#key = key;
    this.#known = known;
  }

  /** If the stored limits cannot be read, the CA states them again: nothing waits for the store. */
  static async read(deps: Deps, directoryUrl: string): Promise<LearnedLimits> {
    const known = await readLimits(deps.store, directoryUrl).catch((error) => {
      deps.warn(`the CA's limits are not known: ${describeError(error).message}`);
      return NO_LIMITS;
    });
    return new LearnedLimits(deps, limitsKey(directoryUrl), known);
  }

  get known(): CaLimits {
    return this.#known;
  }

  /** Takes in what a refusal says of limits, and begins to store it; the writes of a run follow one another. */
  learn(refusal: Refusal, names: readonly string[]): void {
    const now = this.#deps.clock();
    const learned = learnLimits(this.#known, refusal, { names, now });
    if (learned === this.#known) return;
    this.#known = learned;
    const store = () =>
      updateObject(this.#deps.store, this.#key, (text) => {
        const stored = learnLimits(parseLimits(text), refusal, { names, now });
        return { body: `${JSON.stringify(stored, null, 2)}\n` };
      });
    this.#storing = this.#storing
      .then(async () => void (await store()))
      .catch((error) => this.#deps.warn(`could not store ${this.#key}: ${describeError(error).message}`));
  }

  /** Resolves when everything learned so far is stored. */
  async flushed(): Promise<void> {
    await this.#storing;
  }
}

import { updateObject } from '../../foundation/bucket/update-object.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { oneLineOf } from '../../foundation/common/describe-error.ts';
import { parseLimits, readLimits } from '../ca/read-limits.ts';
import { type CaLimits, learnLimits, NO_LIMITS } from '../ca/rules/ca-limits.ts';
import type { Refusal } from '../ca/rules/rate-limit-scope.ts';
import type { RenewDeps } from './deps.ts';

type Deps = Pick<RenewDeps, 'store' | 'clock' | 'warn'>;

/** What one CA has told us to wait for: known in this run at once, and kept for all others. */
export class KeptLimits {
  readonly #deps: Deps;
  readonly #key: string;
  #known: CaLimits;
  #keeping = Promise.resolve();

  private constructor(deps: Deps, key: string, known: CaLimits) {
    this.#deps = deps;
    this.#key = key;
    this.#known = known;
  }

  /** Without what is kept, the CA says it again: a store that fails here holds nothing up. */
  static async read(deps: Deps, directoryUrl: string): Promise<KeptLimits> {
    const known = await readLimits(deps.store, directoryUrl).catch((error) => {
      deps.warn(`the CA's limits are not known: ${oneLineOf(error).message}`);
      return NO_LIMITS;
    });
    return new KeptLimits(deps, limitsKey(directoryUrl), known);
  }

  get known(): CaLimits {
    return this.#known;
  }

  /** Takes in what a refusal says of limits, and begins to keep it; one write of a run after the other. */
  learn(refusal: Refusal, names: readonly string[]): void {
    const now = this.#deps.clock();
    const learned = learnLimits(this.#known, refusal, { names, now });
    if (learned === this.#known) return;
    this.#known = learned;
    const keep = () =>
      updateObject(this.#deps.store, this.#key, (text) => {
        const kept = learnLimits(parseLimits(text), refusal, { names, now });
        return { body: `${JSON.stringify(kept, null, 2)}\n` };
      });
    this.#keeping = this.#keeping
      .then(async () => void (await keep()))
      .catch((error) => this.#deps.warn(`could not keep ${this.#key}: ${oneLineOf(error).message}`));
  }

  /** Resolves when everything learned so far is kept. */
  async kept(): Promise<void> {
    await this.#keeping;
  }
}

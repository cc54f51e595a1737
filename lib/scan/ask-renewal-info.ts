import type { IndexedReads } from '../foundation/bucket/indexed-reads.ts';
import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Stack } from '../foundation/certificate/stack.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { InputError } from '../foundation/common/input-error.ts';
import { isOfKind } from '../foundation/reasons/reasons.ts';
import type { Runtime } from '../foundation/runtime.ts';
import { refusalOf } from '../issuance/ca/refusal.ts';
import type { AskRenewalInfo } from '../issuance/ca/renewal-info.ts';
import { askAgainAt, chooseInstant, isAskDue, type Suggested } from '../issuance/ca/rules/renewal-window.ts';
import { updateState } from '../issuance/renewal/read-state.ts';
import type { State } from '../issuance/renewal/rules/state.ts';

interface RenewalInfoDeps {
  store: ObjectStore;
  askRenewalInfo: AskRenewalInfo;
  /** Holds when a CA may be asked again about a certificate. */
  asked: Pick<IndexedReads, 'askAgain' | 'rememberAsked'>;
  runtime: Runtime;
  stack: Pick<Stack, 'checkEveryHours'>;
}

interface Run {
  now: Date;
  warn: (message: string) => void;
}

/** A CA that fails this often is not asked again in the same run. */
const MAX_FAILURES = 3;
/** Asking ends here, however many certificates there are; the next run asks about the rest. */
const LIMIT_MS = 60_000;

/**
 * Asks CAs when they want their certificates renewed, each no sooner than it allows, and stores the instant that was chosen.
 * A missing or malformed answer stops no renewal: it is a warning, and the age decides.
 */
export class RenewalInfoClient {
  readonly #deps: RenewalInfoDeps;
  readonly #run: Run;
  readonly #failures = new Map<string, number>();
  readonly #started: number;

  constructor(deps: RenewalInfoDeps, run: Run) {
    this.#deps = deps;
    this.#run = run;
    this.#started = deps.runtime.elapsed();
  }

  /** The state with what the CA now suggests for the live certificate; written only where that has changed. */
  async ask(name: string, live: LivePointer, state: State | undefined): Promise<State | undefined> {
    const { certId, ca } = live;
    const { asked, store } = this.#deps;
    const { now } = this.#run;
    if (ca === undefined || !isAskDue(asked.askAgain(certId), certId, now) || this.#isOver(ca)) return state;
    const before = state?.suggested?.certId === certId ? state.suggested : undefined;
    try {
      const { suggested, retryAfterMs } = await this.#answer(ca, certId, before);
      const isNews =
        suggested && !(suggested.at === before?.at && suggested.explanationUrl === before?.explanationUrl);
      const after = isNews
        ? await updateState(store, { name, now }, (found) => ({ failures: 0, ...found, suggested }))
        : state;
      asked.rememberAsked(certId, askAgainAt(retryAfterMs, now));
      return after;
    } catch (error) {
      this.#fail(ca, `${name}: the CA was not asked when to renew: ${describeError(error).message}`);
      return state;
    }
  }

  /** Without `suggested` in the answer, what the CA suggested before still holds. */
  async #answer(ca: string, certId: string, before: Suggested | undefined) {
    try {
      const advice = await this.#deps.askRenewalInfo(ca, certId);
      if (!advice) return {};
      const { window, explanationUrl, retryAfterMs } = advice;
      const { runtime, stack } = this.#deps;
      const at = chooseInstant(window, before?.at, { ...stack, random: runtime.fraction() });
      const moved = before?.moved || (before?.at !== undefined && before.at !== at);
      const suggested = {
        certId,
        at,
        ...(moved && { moved }),
        ...(explanationUrl !== undefined && { explanationUrl }),
      };
      return { suggested, retryAfterMs };
    } catch (error) {
      const { reason, message, retryAfterMs } = refusalOf(error);
      // The next run would get the same answer: a malformed one, a refusal, or a wait that the CA asks for.
      const isLasting =
        error instanceof InputError || isOfKind(reason, 'refused') || retryAfterMs !== undefined;
      if (!isLasting) throw error;
      this.#run.warn(`${message}; the age of the certificate decides`);
      return { retryAfterMs };
    }
  }

  #isOver(ca: string): boolean {
    return (
      (this.#failures.get(ca) ?? 0) >= MAX_FAILURES || this.#deps.runtime.elapsed() - this.#started > LIMIT_MS
    );
  }

  #fail(ca: string, message: string): void {
    const failures = (this.#failures.get(ca) ?? 0) + 1;
    this.#failures.set(ca, failures);
    if (failures <= MAX_FAILURES) this.#run.warn(message);
  }
}

import type { IndexedReads } from '../foundation/bucket/indexed-reads.ts';
import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { InputError } from '../foundation/common/input-error.ts';
import { isOfKind } from '../foundation/reasons/reasons.ts';
import { AcmeError } from '../issuance/ca/certificate-authority.ts';
import type { AskRenewalInfo } from '../issuance/ca/renewal-info.ts';
import { askAgainAt, chooseInstant, isAskDue, type Suggested } from '../issuance/ca/rules/renewal-window.ts';
import { updateState } from '../issuance/renewal/read-state.ts';
import type { State } from '../issuance/renewal/rules/state.ts';

export interface RenewalInfoDeps {
  store: ObjectStore;
  askRenewalInfo: AskRenewalInfo;
}

/** Where it is remembered when a CA may be asked again about a certificate. */
export type AskedBefore = Pick<IndexedReads, 'askAgain' | 'rememberAsked'>;

interface Answer {
  suggested?: Suggested;
  retryAfterMs?: number | undefined;
}

/** A CA that fails so often in one run is not asked any more in it. */
const MAX_FAILURES = 3;
/** Asking ends here, whatever the number of certificates; the rest is asked at the next run. */
const LIMIT_MS = 60_000;

/**
 * Asks CAs when they want their certificates renewed, each no sooner than it allows, and remembers the instant that was
 * chosen. What a CA does not say, or says badly, keeps nobody from renewing: it is a warning, and the age decides.
 */
export class RenewalInfoClient {
  readonly #deps: RenewalInfoDeps & { asked: AskedBefore };
  readonly #now: Date;
  readonly #warn: (message: string) => void;
  readonly #failures = new Map<string, number>();
  readonly #started = performance.now();

  constructor(
    deps: RenewalInfoDeps & { asked: AskedBefore },
    { now, warn }: { now: Date; warn: (message: string) => void },
  ) {
    this.#deps = deps;
    this.#now = now;
    this.#warn = warn;
  }

  /** The state with what the CA suggests for the live certificate by now; written where that is something else than before. */
  async ask(name: string, live: LivePointer, state: State | undefined): Promise<State | undefined> {
    const { certId, ca } = live;
    const { asked, store } = this.#deps;
    if (ca === undefined || !isAskDue(asked.askAgain(certId), certId, this.#now) || this.#isOver(ca))
      return state;
    const before = state?.suggested?.certId === certId ? state.suggested : undefined;
    try {
      const { suggested, retryAfterMs } = await this.#answer(ca, certId, before?.at);
      const isNews = suggested && !isSame(suggested, before);
      const after = isNews
        ? await updateState(store, name, (found) => ({ failures: 0, ...found, suggested }))
        : state;
      asked.rememberAsked(certId, askAgainAt(retryAfterMs, this.#now));
      return after;
    } catch (error) {
      this.#fail(ca, `${name}: the CA was not asked when to renew: ${describeError(error).message}`);
      return state;
    }
  }

  /** Without `suggested` the CA says nothing of use, and what it suggested before still holds. */
  async #answer(ca: string, certId: string, chosen: string | undefined): Promise<Answer> {
    try {
      const advice = await this.#deps.askRenewalInfo(ca, certId);
      if (!advice) return {};
      const { window, explanationUrl, retryAfterMs } = advice;
      const at = chooseInstant(window, chosen, Math.random());
      return {
        suggested: { certId, at, ...(explanationUrl !== undefined && { explanationUrl }) },
        retryAfterMs,
      };
    } catch (error) {
      if (!isLasting(error)) throw error;
      this.#warn(`${describeError(error).message}; the age of the certificate decides`);
      return { retryAfterMs: retryAfterOf(error) };
    }
  }

  #isOver(ca: string): boolean {
    return (this.#failures.get(ca) ?? 0) >= MAX_FAILURES || performance.now() - this.#started > LIMIT_MS;
  }

  #fail(ca: string, message: string): void {
    const failures = (this.#failures.get(ca) ?? 0) + 1;
    this.#failures.set(ca, failures);
    if (failures <= MAX_FAILURES) this.#warn(message);
  }
}

function isSame(a: Suggested, b: Suggested | undefined): boolean {
  return a.at === b?.at && a.explanationUrl === b?.explanationUrl;
}

/** Whether asking at the next run would give the same: a refusal, an answer of no use, or a wait that the CA asks for. */
function isLasting(error: unknown): boolean {
  if (error instanceof InputError || retryAfterOf(error) !== undefined) return true;
  return error instanceof AcmeError && isOfKind(error.reason, 'refused');
}

function retryAfterOf(error: unknown): number | undefined {
  return error instanceof AcmeError ? error.retryAfterMs : undefined;
}

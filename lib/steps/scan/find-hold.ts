import type { CaLimits } from '../../core/ca-limits.ts';
import type { RenewalDecision } from '../../core/decide-renewal.ts';
import { type Hold, holdOf, ISSUANCE_WINDOW } from '../../core/hold.ts';
import type { LivePointer } from '../../core/live-pointer.ts';
import type { Start } from '../../core/start.ts';
import type { State } from '../../core/state.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { issuedSince } from '../issued-since.ts';
import { readLimits } from '../read-objects.ts';

interface Asked {
  name: string;
  names: readonly string[];
  /** The directory that would be asked. */
  ca: string;
  live: LivePointer | undefined;
  state: State | undefined;
  /** Whether an order may be under way, which is gone on with. */
  leftOpen: boolean;
}

export type HoldBack = (decision: RenewalDecision, asked: Asked) => Promise<RenewalDecision>;

/** Lets a renewal wait that may not be ordered yet. What a CA has said is read once for all certificates. */
export function holderBack(store: ObjectStore, { start, now }: { start: Start; now: Date }): HoldBack {
  const read = new Map<string, Promise<CaLimits>>();
  const forced = start.start === 'force';
  const ignoreBudget = forced && (start.ignoreBudget ?? false);
  return async (decision, asked) => {
    if (decision.action !== 'renew') return decision;
    const { ca, names, leftOpen: goesOn } = asked;
    const reading = read.get(ca) ?? readLimits(store, ca);
    read.set(ca, reading);
    const limits = await reading;
    const issued = ignoreBudget ? [] : await issuedLately(store, asked, now);
    const hold: Hold | undefined = holdOf({ names, limits, issued, forced, ignoreBudget, goesOn, now });
    return hold ? { action: 'wait', ...hold } : decision;
  };
}

/** The archive is asked only where the live version is of these days; `renew` looks again, at each. */
async function issuedLately(store: ObjectStore, { name, live, state }: Asked, now: Date): Promise<Date[]> {
  const since = new Date(now.getTime() - ISSUANCE_WINDOW);
  const isOld = live === undefined || new Date(live.issuedAt) <= since;
  return isOld && !state?.givenUp ? [] : issuedSince(store, name, { since, state });
}

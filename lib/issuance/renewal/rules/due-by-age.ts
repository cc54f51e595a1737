import { lastSixthOf, lifetimeOf, renewBefore } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import type { RENEW } from '../../../foundation/reasons/renewals.ts';
import type { State } from './state.ts';

interface AgeFacts {
  wanted: Wanted;
  state: State | undefined;
}

interface Due {
  at: Date;
  reason: keyof typeof RENEW;
}

/** Whether a renewal is late: a day past its time, or three failures without any certificate yet. */
export function isOverdue(facts: AgeFacts & { live: LivePointer | undefined; now: Date }): boolean {
  const { live, state, now } = facts;
  if (!live) return (state?.failures ?? 0) >= 3;
  return dueByAge(facts, live).at.getTime() + DAY <= now.getTime();
}

/** When age alone becomes a reason, and that reason. */
export function dueByAge(facts: AgeFacts, live: LivePointer): Due {
  const lastSixth = new Date(lastSixthOf(live));
  const planned = plannedInstant(facts, live);
  return planned.at <= lastSixth ? planned : { at: lastSixth, reason: 'life-nearly-over' };
}

function plannedInstant({ wanted, state }: AgeFacts, live: LivePointer): Due {
  const notAfter = Date.parse(live.notAfter);
  if (wanted.renewBeforeDays !== undefined) {
    return { at: new Date(notAfter - wanted.renewBeforeDays * DAY), reason: 'expires-soon' };
  }
  const suggested = state?.suggested;
  const at = suggested?.certId === live.certId ? new Date(suggested.at ?? '') : undefined;
  // After the end of the certificate no instant can be meant.
  if (at && at.getTime() <= notAfter) return { at, reason: 'suggested-window' };
  return { at: new Date(notAfter - renewBefore(lifetimeOf(live))), reason: 'expires-soon' };
}

import { isInLastSixth, type Validity } from '../../../foundation/certificate/life.ts';
import { DAY, HOUR, MINUTE } from '../../../foundation/common/durations.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import { isHealed, isNobodyThere, keyOf, type Memory, reportedAs, type Trouble } from './trouble.ts';

/** Between two mails; what waits goes with the next event, at the latest that of the hourly check. */
const QUIET = 10 * MINUTE;
const AGAIN = DAY;
/** Of what is urgent. */
const AGAIN_URGENTLY = 6 * HOUR;

/** What one mail says: the troubles that it tells, and those that it says are over. */
export interface Notices {
  tell: Trouble[];
  over: Trouble[];
}

/**
 * What is reported now, and the memory to store once it is; nothing where nothing is new, or a mail went a moment ago. `lives`
 * has the certificates that were issued, `said` what this run has sent before another one changed the memory.
 */
export function chooseNotices(
  memory: Memory,
  { lives, said, now }: { lives: ReadonlyMap<string, Validity>; said?: Notices; now: Date },
): Notices & { after: Memory } {
  const tell = Object.values(memory.troubles).filter(
    (trouble) => !wasReported(trouble, now) && isWorthReporting(trouble, lives.get(trouble.subject), now),
  );
  const isUrgent = tell.some(({ reason }) => isOfKind(reason, 'urgent'));
  // While this run said that it is over another one told it, and nobody knows which mail came last.
  const isCrossed = [...tell, ...memory.over].some((one) => said?.over.some((before) => isSame(before, one)));
  const isQuiet =
    !isUrgent &&
    !isCrossed &&
    memory.lastMail !== undefined &&
    Date.parse(memory.lastMail) + QUIET > now.getTime();
  if (isQuiet || tell.length + memory.over.length === 0) return { tell: [], over: [], after: memory };
  const notices = { tell, over: memory.over };
  return { ...notices, after: { ...remember(memory, notices, now), lastMail: now.toISOString() } };
}

/** The memory once these were sent; another worker may have changed it since they were chosen. */
export function remember(memory: Memory, { tell, over }: Notices, sent: Date): Memory {
  const isSaid = (one: Trouble) => over.some((said) => isSame(said, one));
  const troubles = { ...memory.troubles };
  // What was said to be over, and is not, has not been told.
  for (const [key, trouble] of Object.entries(troubles))
    if (isSaid(trouble)) troubles[key] = { ...trouble, told: {} };
  const gone: Trouble[] = [];
  for (const trouble of tell) {
    const key = keyOf(trouble);
    const known = troubles[key];
    const told = { ...known?.told, [reportedAs(trouble)]: sent.toISOString() };
    if (known) troubles[key] = { ...known, told };
    else gone.push({ ...trouble, told });
  }
  // Another worker may have told it again meanwhile, and people have heard that last.
  const isHeard = (one: Trouble) =>
    over.some((said) => isSame(said, one) && JSON.stringify(said.told) === JSON.stringify(one.told));
  return { ...memory, troubles, over: [...memory.over, ...gone].filter((one) => !isHeard(one)) };
}

const isSame = (a: Trouble, b: Trouble) => keyOf(a) === keyOf(b) && a.since === b.since;

function wasReported(trouble: Trouble, now: Date): boolean {
  const at = trouble.told[reportedAs(trouble)];
  if (trouble.doubted && at !== undefined) return true;
  // Other warnings of a site are news, and can wait for the next day.
  const isRecent = (told: string) => Date.parse(told) + AGAIN > now.getTime();
  if (trouble.checks && Object.values(trouble.told).some(isRecent)) return true;
  // There is nothing more to say of it while it lasts.
  const isSaidOnce = isNobodyThere(trouble) || isOfKind(trouble.reason, 'harmless');
  const again = isOfKind(trouble.reason, 'urgent') ? AGAIN_URGENTLY : AGAIN;
  return at !== undefined && (isSaidOnce || Date.parse(at) + again > now.getTime());
}

/** Whether the next try is unlikely to succeed, by the number of failures and the time left. */
function isWorthReporting(trouble: Trouble, life: Validity | undefined, now: Date): boolean {
  const { kind, reason, times, since, at, names, forced = false } = trouble;
  if (kind === 'renewal') return forced || life === undefined || isInLastSixth(life, now) || times >= 2;
  if (isHealed(trouble)) return false;
  // A check may have come while the hosts were restarted.
  if (isNobodyThere(trouble) && names.length === 0) return Date.parse(at) - Date.parse(since) >= HOUR / 2;
  // The next hourly check mends a pointer.
  if (kind === 'health' && reason === 'unreadable') return Date.parse(at) - Date.parse(since) >= HOUR / 2;
  if (kind === 'deployment' && isOfKind(reason, 'passing'))
    return Date.parse(at) - Date.parse(since) >= HOUR / 2;
  return true;
}

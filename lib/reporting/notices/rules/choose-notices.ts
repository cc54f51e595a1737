import { isInLastSixth, type Validity } from '../../../foundation/certificate/life.ts';
import { DAY, HOUR, MINUTE } from '../../../foundation/common/durations.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import { keyOf, type Memory, reportedAs, type Trouble } from './trouble.ts';

/** Between two mails; what waits goes with the next event, at the latest that of the hourly check. */
const QUIET = 10 * MINUTE;
const AGAIN = DAY;

/**
 * What is reported now, and the memory to store once it is; nothing where nothing is new, or a mail went a moment ago. `lives`
 * has the certificates that were issued.
 */
export function chooseNotices(
  memory: Memory,
  { lives, now }: { lives: ReadonlyMap<string, Validity>; now: Date },
): { tell: Trouble[]; over: Trouble[]; after: Memory } {
  const isQuiet = memory.lastMail !== undefined && Date.parse(memory.lastMail) + QUIET > now.getTime();
  const tell = Object.values(memory.troubles).filter(
    (trouble) => !wasReported(trouble, now) && isWorthReporting(trouble, lives.get(trouble.subject), now),
  );
  if (isQuiet || tell.length + memory.over.length === 0) return { tell: [], over: [], after: memory };
  const troubles = { ...memory.troubles };
  for (const trouble of tell) {
    const told = { ...trouble.told, [reportedAs(trouble)]: now.toISOString() };
    troubles[keyOf(trouble)] = { ...trouble, told };
  }
  return { tell, over: memory.over, after: { ...memory, troubles, over: [], lastMail: now.toISOString() } };
}

function wasReported(trouble: Trouble, now: Date): boolean {
  const at = trouble.told[reportedAs(trouble)];
  return at !== undefined && Date.parse(at) + AGAIN > now.getTime();
}

/** Whether the next try is unlikely to succeed, by the number of failures and the time left. */
function isWorthReporting(trouble: Trouble, life: Validity | undefined, now: Date): boolean {
  const { kind, reason, times, since, at } = trouble;
  if (kind === 'renewal') return life === undefined || isInLastSixth(life, now) || times >= 2;
  if (kind === 'deployment' && isOfKind(reason, 'passing'))
    return Date.parse(at) - Date.parse(since) >= HOUR / 2;
  return true;
}

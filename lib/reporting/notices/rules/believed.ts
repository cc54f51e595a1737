import { isBy } from '../../../foundation/common/instants.ts';
import { LONGEST_WAIT } from '../../../issuance/ca/rules/ca-limits.ts';
import type { Memory, Trouble } from './trouble.ts';

/** It was told, nobody knows when: it is told again, and that it is over. */
const LONG_AGO = new Date(0).toISOString();

/** A copy of the memory without instants that cannot be meant. */
export function believed(memory: Memory, now: Date): Memory {
  const past = (instant: string | undefined) => (instant && isBy(instant, now) ? instant : undefined);
  const next = new Date(now.getTime() + LONGEST_WAIT);
  const trouble = ({ since, at, told, notBefore, ...others }: Trouble): Trouble => ({
    ...others,
    since: past(since) ?? now.toISOString(),
    at: past(at) ?? now.toISOString(),
    told: Object.fromEntries(Object.entries(told).map(([as, instant]) => [as, past(instant) ?? LONG_AGO])),
    ...(notBefore !== undefined && isBy(notBefore, next) && { notBefore }),
  });
  const troubles = Object.entries(memory.troubles).map(([key, one]) => [key, trouble(one)]);
  const { lastMail, lastSweep } = memory;
  return {
    ...memory,
    troubles: Object.fromEntries(troubles),
    over: memory.over.map(trouble),
    lastMail: past(lastMail),
    lastSweep: past(lastSweep),
  };
}

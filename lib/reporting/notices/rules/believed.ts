import { isMeant } from '../../../foundation/common/is-meant.ts';
import { LONGEST_WAIT } from '../../../issuance/ca/rules/ca-limits.ts';
import type { Memory, Trouble } from './trouble.ts';

/** It was told, nobody knows when: it is told again, and that it is over. */
const LONG_AGO = new Date(0).toISOString();

/** The memory without instants that cannot be meant: nothing was told or seen after it was `written`, by the store's clock. */
export function believed(memory: Memory, written: Date): Memory {
  const past = (instant: string | undefined) => (instant && isMeant(instant, written) ? instant : undefined);
  const next = new Date(written.getTime() + LONGEST_WAIT);
  const latest = written.toISOString();
  const trouble = ({ since, at, told, notBefore, ...others }: Trouble): Trouble => ({
    ...others,
    since: past(since) ?? latest,
    at: past(at) ?? latest,
    told: Object.fromEntries(Object.entries(told).map(([as, instant]) => [as, past(instant) ?? LONG_AGO])),
    ...(notBefore !== undefined && isMeant(notBefore, next) && { notBefore }),
  });
  const troubles = Object.entries(memory.troubles).map(([key, one]) => [key, trouble(one)]);
  const { lastMail, lastCheck, lastSweep } = memory;
  const believable = (instants: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(instants).filter(([, at]) => past(at)));
  return {
    ...memory,
    troubles: Object.fromEntries(troubles),
    over: memory.over.map(trouble),
    well: believable(memory.well),
    wrong: believable(memory.wrong),
    lastMail: past(lastMail),
    lastCheck: past(lastCheck),
    lastSweep: past(lastSweep),
  };
}

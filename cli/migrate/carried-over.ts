import type { Validity } from '../../lib/foundation/certificate/life.ts';
import { RenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import type { Stack } from '../../lib/foundation/certificate/stack.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { complaintAboutSchedule } from '../../lib/scan/rules/schedule.ts';
import { CommandError } from '../command-error.ts';
import type { FoundLineage } from './found.ts';

type Settings = Pick<FoundLineage, 'directoryUrl' | 'profile' | 'renewBeforeDays'>;

/**
 * The settings of another program that a renewal file can have, and a line for each that it cannot. Throws
 * {@link CommandError} where scan would refuse the file whatever it says.
 */
export function carriedOver(
  { directoryUrl, profile, renewBeforeDays }: Settings,
  life: Validity,
  stack: Stack,
) {
  const { shape } = RenewalFile;
  const notCarried: string[] = [];
  const keep = <Value>(value: Value | undefined, isGood: boolean, told: string): Value | undefined => {
    if (value === undefined || isGood) return value;
    notCarried.push(told);
    return undefined;
  };
  const { checkEveryHours } = stack;
  const byDefault = complaintAboutSchedule(life, { checkEveryHours });
  if (byDefault) throw new CommandError(byDefault.reason, byDefault);
  const isKept =
    shape.renewBeforeDays.safeParse(renewBeforeDays).success &&
    complaintAboutSchedule(life, { renewBeforeDays, checkEveryHours }) === undefined;
  return {
    ca: keep(
      directoryUrl,
      shape.ca.safeParse(directoryUrl).success,
      `server ${printable(directoryUrl ?? '')}: no https address; the stack's CA takes its place`,
    ),
    profile: keep(
      profile,
      shape.profile.safeParse(profile).success,
      `profile "${printable(profile ?? '')}": no name of a profile`,
    ),
    renewBeforeDays: keep(
      renewBeforeDays,
      isKept,
      `renewal ${renewBeforeDays} days before expiry: its life leaves no such time, so the stack chooses`,
    ),
    notCarried,
  };
}

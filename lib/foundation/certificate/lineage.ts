import * as z from 'zod/mini';

/** A certificate's name through all its versions (certbot's word); narrow, because object keys and host paths contain it. */
const LINEAGE_NAME = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;

const RULE = 'may hold only a-z, 0-9, "-", "_" and single dots, and starts with a letter or digit';
export const LineageName = z
  .string()
  .check(z.maxLength(128, 'is longer than 128 characters'), z.regex(LINEAGE_NAME, RULE));

export const Version = z.string().check(z.regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/, 'is not a version'));

/** `20261120T184502Z-3f9a2c`: sorts by time; `random` is six hex digits that tell apart two of one second. */
export function versionAt(now: Date, random: string): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;
}

/** The version at `now`, or just after `previous` when a clock was ahead: versions only grow. */
export function nextVersion(previous: string | undefined, now: Date, random: string): string {
  const version = versionAt(now, random);
  if (previous === undefined || version > previous) return version;
  return versionAt(new Date(instantOf(previous).getTime() + 1000), random);
}

/** When a version was made, to the second; an invalid date if it is not a version. */
export function instantOf(version: string): Date {
  return new Date(version.replace(/^(....)(..)(..)T(..)(..)(..)Z-.*$/, '$1-$2-$3T$4:$5:$6Z'));
}

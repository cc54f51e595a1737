import * as z from 'zod/mini';

/** A certificate's name through all its versions (certbot's word). It stands in object keys and host paths, so it is narrow. */
export const LINEAGE_NAME = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;

export const LineageName = z
  .string()
  .check(
    z.maxLength(128, 'is longer than 128 characters'),
    z.regex(
      LINEAGE_NAME,
      'may hold only a-z, 0-9, "-", "_" and single dots, and starts with a letter or digit',
    ),
  );

export const Version = z.string().check(z.regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/, 'is not a version'));

/** `20261120T184502Z-3f9a2c`: sorts by time; `random` is six hex digits that keep two of one second apart. */
export function versionAt(now: Date, random: string): string {
  const stamp = now
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  return `${stamp}-${random}`;
}

/** The version at `now`, or just after `previous` when a clock was ahead: versions only grow. */
export function nextVersion(previous: string | undefined, now: Date, random: string): string {
  const version = versionAt(now, random);
  if (previous === undefined || version > previous) return version;
  return versionAt(new Date(instantOf(previous).getTime() + 1000), random);
}

/** When a version was made, to the second; an invalid date for what is no version. */
export function instantOf(version: string): Date {
  return new Date(version.replace(/^(....)(..)(..)T(..)(..)(..)Z-.*$/, '$1-$2-$3T$4:$5:$6Z'));
}

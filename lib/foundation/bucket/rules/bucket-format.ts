import * as z from 'zod/mini';
import { printable } from '../../common/explain-issues.ts';
import { orNone } from '../../common/parse-json.ts';
import type { Complaint } from '../../common/perennial-error.ts';

/** The format of the bucket's objects that this release writes; docs/decisions/0037. Raised only with a change that an older release cannot read. */
export const FORMAT = 1;

/** What `format.json` says. Other keys are a newer release's. */
const Marker = z.object({
  format: z.number().check(z.int(), z.positive()),
  // What only a newer release could read must not be written over, whatever this says.
  release: z.catch(z.optional(z.string()), undefined),
});
export type Marker = z.infer<typeof Marker>;

/** A bucket without a marker, or with one that cannot be read, is of the first format. */
export function readMarker(text: string | undefined): Marker | undefined {
  return orNone(text, Marker);
}

/** Why this release may not touch what a newer one wrote; `undefined` if it may. `where`: what says so. */
export function complaintAboutFormat(
  { format, release }: Marker,
  { where, own }: { where: string; own: string },
): Complaint | undefined {
  if (format <= FORMAT) return undefined;
  const needed = release === undefined ? 'a newer release' : `release ${printable(release)}`;
  return {
    seen: `${where}: the bucket is of format ${format}, which ${needed} wrote, and release ${own} reads formats up to ${FORMAT}`,
    remedy: release === undefined ? 'use that release' : `use ${needed} or a newer one`,
  };
}

/** The marker that is to be there. */
export const markerText = (release: string) => `${JSON.stringify({ format: FORMAT, release })}\n`;

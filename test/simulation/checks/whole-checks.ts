import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import { wentLongAgo } from './end-checks.ts';

/** Fewer renewals say nothing of a share. */
const ENOUGH = 50;
/** Certificates issued for each one that came into use. */
const MOST_ISSUED = { none: 1.02, light: 1.2, heavy: 1.2 };
/**
 * Objects of the bucket for each certificate of which anything may be kept; those of six days have a dozen versions in the month
 * for which they are kept.
 */
const MOST_OBJECTS = { short: 80, others: 35 };
/** Bytes for each of them, on average. */
const MOST_BYTES = 2048;

/** What only a whole run shows: what was issued for each renewal, and what is kept for each certificate. */
export function checkWhole({
  world,
  breaches,
  commits,
}: {
  world: World;
  breaches: Breaches;
  commits: number;
}): void {
  const issued = world.cas.reduce((sum, { issued }) => sum + issued.size, 0);
  const most = MOST_ISSUED[world.faults.heaviness];
  if (commits >= ENOUGH && issued > most * commits)
    breaches.report('end: issued for each renewal', `${issued} for ${commits}, at most ${most} for one`);
  const { count, bytes } = world.bucket;
  const gone = [...world.deletedAt.keys()].filter(
    (name) => !wentLongAgo(world, name) && !world.files.has(name),
  );
  const short = [...world.files.values()].filter(({ profile }) => profile === 'shortlived').length;
  const kept = world.files.size + gone.length;
  if (count > short * MOST_OBJECTS.short + (kept - short) * MOST_OBJECTS.others)
    breaches.report('end: no growth', `${count} objects of ${kept} certificates, ${short} of six days`);
  if (bytes / count > MOST_BYTES)
    breaches.report('end: no growth', `${Math.round(bytes / count)} bytes for each object`);
}

import { openingOf } from '../../../lib/delivery/deployment/rules/opening.ts';
import { LIVE_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { HOUR } from '../engine/durations.ts';
import { parsePointer, pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Parts } from './parts.ts';
import { isWanted } from './pointer-checks.ts';

const LATE = 40 * HOUR;
const ENOUGH = 30 * HOUR;

/** Every host of a well group serves what has been live for long enough. */
export function checkServing(parts: Parts): void {
  const { scheduler, bucket } = parts.world;
  bucket.onChange.push(({ key, before, after }) => {
    const pointer = key.startsWith(LIVE_PREFIX) && after && parsePointer(after.body);
    if (!pointer || pointer.version === (before && parsePointer(before.body)?.version)) return;
    const live = { name: key.slice(LIVE_PREFIX.length, -'.json'.length), from: scheduler.now, ...pointer };
    scheduler.after(LATE, `serving ${live.name}`, () => judge(parts, live));
  });
}

function judge(
  { world, breaches, opportunities }: Parts,
  { name, version, hosts, from }: { name: string; version: string; hosts: readonly string[]; from: number },
): void {
  const span = { from, until: world.scheduler.now };
  const now = pointerOf(world, name);
  if (now?.version !== version || !isWanted(world, name)) return;
  if ((world.wantedSince.get(name) ?? 0) > from) return;
  if (opportunities.longestClear(name, span, ['s3', 'bus', 'ssm']) < ENOUGH) return;
  // The file may have left a group out while it was renewed.
  for (const group of hosts.filter((one) => now.hosts.includes(one))) {
    const members = [...world.fleet.hosts.values()].filter((host) => host.group === group);
    const areWell = members.every((one) => one.isOnline && !one.isBroken && !one.isSlow && one.since <= from);
    // Of a window that opens for two hours a day one fault may take all.
    if (!areWell || !openings(world, group, from).every(Boolean)) continue;
    for (const { instanceId, served } of members)
      if (served.get(name) !== version)
        breaches.report(
          'host-serves-old',
          `${instanceId} of ${group} serves ${name} ${served.get(name)}, and ${version} is live since ${new Date(from).toISOString()}`,
        );
  }
}

/** Whether a check fell into a window of the group since. */
export const wasOpen = (world: World, group: string, since: number) =>
  openings(world, group, since).some(Boolean);

/** Of each check since, whether the group was to be touched then. */
function openings({ settings, scheduler }: World, group: string, since: number): boolean[] {
  const times = settings.hostGroups.find(({ name }) => name === group) ?? {};
  const first = Math.ceil((since + HOUR / 4) / HOUR) * HOUR;
  const checks = Math.max(0, Math.ceil((scheduler.now - HOUR / 2 - first) / HOUR));
  return Array.from({ length: checks }, (_, hour) => openingOf(times, new Date(first + hour * HOUR)).isOpen);
}

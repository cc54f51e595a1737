import { DAY, HOUR, MINUTE } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import type { ZoneFile } from '../services/zone-file.ts';
import { fault, type Happening } from './life.ts';
import { anyName, anyZone } from './people.ts';
import type { World } from './world.ts';

/** What befalls hosted zones. */
export const ZONE_MISCHIEF: readonly Happening[] = [
  fault('zone.made-anew', [0.1, 1], (world, random) => {
    const zone = anyZone(world, random);
    if (!zone) return undefined;
    const back = random.spread(MINUTE, 10 * DAY);
    makeAnew(world, zone, back);
    return `${zone.name} for ${Math.round(back / HOUR)} h`;
  }),
  fault('zone.foreign-txt', [1, 30], (world, random) => {
    const name = anyName(world, random);
    const [first = ''] = (name && world.files.get(name)?.names) || [];
    const at = `_acme-challenge.${first.replace('*.', '')}`;
    const zone = world.route53.zoneOf(at);
    if (!zone || first === '') return undefined;
    const set = zone.sets.get(`TXT ${at}`);
    const value = `"foreign-${random.hex(8)}"`;
    const theirs = `${zone.id} ${at}`;
    world.foreign.set(theirs, [...(world.foreign.get(theirs) ?? []), value]);
    zone.overwrite(
      { name: at, type: 'TXT', ttl: set?.ttl ?? 120, values: [...(set?.values ?? []), value] },
      world.scheduler.now,
    );
    return `${at} ${value}`;
  }),
  fault('zone.caa-forbids', [0.1, 1.5], (world, random) => {
    const zone = anyZone(world, random);
    if (!zone || !forbid(world, zone, random)) return undefined;
    return zone.name;
  }),
];

const FORBIDDING = ['0 issue "other.example"', '128 tbs "Unknown"'];
const isForbidding = (value: string) => FORBIDDING.includes(value);

/** Somebody sets CAA at the apex as they want it, in the place of what stands there or beside it; not twice at once. */
export function forbid(world: World, zone: ZoneFile, random: Random): boolean {
  const known = zone.sets.get(`CAA ${zone.name}`);
  if (known?.values.some(isForbidding)) return false;
  const set = { name: zone.name, type: 'CAA' as const, ttl: known?.ttl ?? 300 };
  const kept = random.chance(0.5) ? (known?.values ?? []) : [];
  zone.overwrite({ ...set, values: [...kept, random.pick(FORBIDDING)] }, world.scheduler.now);
  world.clockwork?.changed();
  world.restoreLater(random.spread(HOUR, 20 * DAY), `CAA of ${zone.name}`, () => {
    const there = world.route53.delegated.get(zone.name);
    const found = there?.sets.get(`CAA ${zone.name}`);
    const values = (found?.values ?? []).filter((value) => !isForbidding(value));
    there?.overwrite({ ...set, ttl: found?.ttl ?? set.ttl, values }, world.scheduler.now);
  });
  return true;
}

/** A zone is deleted, and made again some time later under another id. */
export function makeAnew(world: World, zone: ZoneFile, back: number): void {
  world.route53.delete(zone);
  world.clockwork?.changed();
  world.restoreLater(back, `zone ${zone.name}`, () => {
    world.route53.create(zone.name);
  });
}

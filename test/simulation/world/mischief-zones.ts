import { DAY, HOUR, MINUTE } from '../engine/durations.ts';
import { fault, type Happening } from './life.ts';
import { anyName, anyZone } from './people.ts';

/** What befalls hosted zones. */
export const ZONE_MISCHIEF: readonly Happening[] = [
  fault('zone.made-anew', [0.1, 1], (world, random) => {
    const zone = anyZone(world, random);
    if (!zone) return undefined;
    world.route53.delete(zone);
    world.clockwork?.changed();
    const back = random.spread(MINUTE, 10 * DAY);
    world.restoreLater(back, `zone ${zone.name}`, () => {
      world.route53.create(zone.name);
    });
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
    world.foreign.add(`${zone.id} ${at} ${value}`);
    zone.overwrite(
      { name: at, type: 'TXT', ttl: set?.ttl ?? 120, values: [...(set?.values ?? []), value] },
      world.scheduler.now,
    );
    return `${at} ${value}`;
  }),
  fault('zone.caa-forbids', [0.1, 1.5], (world, random) => {
    const zone = anyZone(world, random);
    if (!zone || zone.sets.has(`CAA ${zone.name}`)) return undefined;
    const set = { name: zone.name, type: 'CAA' as const, ttl: 300 };
    zone.overwrite(
      { ...set, values: [random.pick(['0 issue "other.example"', '128 tbs "Unknown"'])] },
      world.scheduler.now,
    );
    world.clockwork?.changed();
    world.restoreLater(random.spread(HOUR, 20 * DAY), `CAA of ${zone.name}`, () => {
      const there = world.route53.delegated.get(zone.name);
      const values = (there?.sets.get(`CAA ${zone.name}`)?.values ?? []).filter(
        (value) => !/other.example|Unknown/.test(value),
      );
      there?.overwrite({ ...set, values }, world.scheduler.now);
    });
    return zone.name;
  }),
];

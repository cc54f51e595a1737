import { DAY, HOUR, MINUTE, SECOND } from '../engine/durations.ts';
import { forbid, makeAnew } from './mischief-zones.ts';
import { pointerOf } from './stored.ts';
import type { World } from './world.ts';

/** What befalls just what is about to be worked on: by chance alone it would hardly ever come so. */
export function letTimingBeBad(world: World): void {
  const { faults, fleet, route53, scheduler, streams, trace } = world;
  const random = streams.of('bad-timing');
  const share = (site: string, shares: readonly [number, number]) => faults.draw(site, random, shares);
  const breaks = share('host.breaks-before-a-deployment', [0.002, 0.05]);
  const goes = share('zone.goes-while-renewed', [0.0005, 0.01]);
  const forbids = share('zone.caa-forbids-while-renewed', [0.0005, 0.01]);
  const fails = share('ca.down-when-it-revokes', [0.05, 0.5]);
  /** Of certificates that are revoked, or about to be, those that have been due. */
  const renewed = new Set<string>();
  const later = (site: string, ms: number, act: () => string | undefined) =>
    scheduler.after(ms, site, () => {
      const what = faults.on ? act() : undefined;
      if (what === undefined) return;
      trace.met(site);
      trace.note(`${site}: ${what}`);
    });
  const zoneOf = (name: string) => route53.zoneOf(world.files.get(name)?.names[0]?.replace('*.', '') ?? '');

  world.bus.onFact.push(({ type, detail }) => {
    if (type === 'Deployment Due' && random.chance(breaks))
      later('host.breaks-before-a-deployment', 0, () => {
        const well = [...fleet.hosts.values()].filter(
          (host) => host.group === detail.group && host.isOnline && !host.isBroken && !host.isSlow,
        );
        const host = well.length > 0 ? random.pick(well) : undefined;
        if (!host) return undefined;
        host.isBroken = true;
        world.restoreLater(random.spread(HOUR, 3 * DAY), `host ${host.instanceId}`, () => {
          host.isBroken = false;
          host.since = scheduler.now;
        });
        return host.instanceId;
      });
    if (type !== 'Renewal Due') return;
    for (const { name } of detail.certificates) {
      const certId = pointerOf(world, name)?.certId ?? '';
      const revoking = world.cas.find(({ issued }) => issued.get(certId)?.window !== undefined);
      const isFirst = revoking !== undefined && !renewed.has(certId);
      if (revoking) renewed.add(certId);
      if (isFirst && random.chance(fails))
        later('ca.down-when-it-revokes', random.spread(1, MINUTE), () => {
          world.outages.down(revoking.host, random.spread(HOUR, 15 * DAY));
          return revoking.host;
        });
      if (random.chance(goes))
        later('zone.goes-while-renewed', random.spread(SECOND, 5 * MINUTE), () => {
          const zone = zoneOf(name);
          if (zone) makeAnew(world, zone, random.spread(MINUTE, 2 * DAY));
          return zone?.name;
        });
      if (random.chance(forbids))
        later('zone.caa-forbids-while-renewed', random.spread(SECOND, MINUTE), () => {
          const zone = zoneOf(name);
          return zone && forbid(world, zone, random) ? zone.name : undefined;
        });
    }
  });
}

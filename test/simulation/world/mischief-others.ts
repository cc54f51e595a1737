import { DAY, HOUR, MINUTE } from '../engine/durations.ts';
import { fault, type Happening } from './life.ts';
import { anyHost, anyZone, changeNames } from './people.ts';
import { pointerOf } from './stored.ts';
import type { World } from './world.ts';

/** What befalls hosts, CAs, ACM and the stack. */
export const OTHER_MISCHIEF: readonly Happening[] = [
  fault('host.offline', [1, 20], (world, random) => {
    const host = anyHost(world, random);
    if (!host?.isOnline) return undefined;
    host.isOnline = false;
    world.restoreLater(random.spread(MINUTE, 20 * DAY), `host ${host.instanceId}`, () => {
      host.isOnline = true;
      host.since = world.scheduler.now;
    });
    return host.instanceId;
  }),
  fault('host.broken', [0.5, 6], (world, random) => {
    const host = anyHost(world, random);
    if (!host || host.isBroken || host.isSlow) return undefined;
    const how = random.pick(['isBroken', 'isSlow'] as const);
    host[how] = true;
    world.restoreLater(random.spread(HOUR, 3 * DAY), `host ${host.instanceId}`, () => {
      host[how] = false;
      host.since = world.scheduler.now;
    });
    return `${host.instanceId} ${how}`;
  }),
  fault('ca.account-lost', [0.2, 2], (world, random) => {
    const known = world.cas.filter(({ keptAccount }) => keptAccount !== undefined);
    const ca = known.length > 0 ? random.pick(known) : undefined;
    if (ca?.keptAccount === undefined) return undefined;
    ca.lost.add(ca.keptAccount);
    return ca.keptAccount;
  }),
  fault('ca.closes', [0.1, 1], (world, random) => {
    const { host } = random.pick(world.cas);
    if (world.outages.closed) return undefined;
    world.outages.close(host);
    return host;
  }),
  fault('ca.mass-revocation', [0.1, 0.7], (world, random) => {
    const ca = random.pick(world.cas);
    const { now } = world.scheduler;
    const valid = [...ca.issued.values()].filter(({ notAfter }) => notAfter > now);
    const hit = random.some(valid, 0.6);
    for (const issued of hit) issued.window = { start: now - DAY, end: now - DAY + 2 * HOUR };
    world.scheduler.after(5 * DAY, 'ca revokes', () => {
      for (const issued of hit) ca.revoke(issued);
    });
    world.clockwork?.changed();
    return `${ca.host}: ${hit.length} certificates`;
  }),
  fault('ca.revokes-a-key', [0.1, 1.5], (world, random) => {
    const name = random.pick(withKeptKey(world, random.chance(0.5)));
    const certId = name === undefined ? undefined : pointerOf(world, name)?.certId;
    const ca = world.cas.find(({ issued }) => issued.has(certId ?? ''));
    const live = ca?.issued.get(certId ?? '');
    if (!ca || !live || live.revokedAt !== undefined) return undefined;
    ca.blockKey(live.keyFingerprint);
    return `${ca.host}: the key of ${name}`;
  }),
  fault('ca.domain-used-by-others', [0.5, 6], (world, random) => {
    const zone = anyZone(world, random);
    if (!zone) return undefined;
    const count = random.whole(5, 90);
    world.cas[0]?.limits.usedByOthers(zone.name, count, world.scheduler.now);
    // What a CA suggests is exempt from its limits; what people want besides is not.
    for (let times = random.whole(1, 3); times > 0; times -= 1)
      world.scheduler.after(random.spread(MINUTE, 2 * DAY), 'people want more names', () => {
        const names = [...world.files.keys()].filter((name) => isOf(world, name, zone.name));
        if (names.length > 0 && world.faults.on) changeNames(world, random.pick(names), random);
      });
    return `${zone.name} ${count}`;
  }),
  fault('acm.refuses', [0.5, 4], (world, random) => {
    const region = random.pick(['us-east-1', 'eu-central-1', 'ap-southeast-2']);
    world.acm.refusing.set(
      region,
      random.pick(['acm-limit-exceeded', 'acm-access-denied', 'acm-region-disabled'] as const),
    );
    world.restoreLater(random.spread(HOUR, 10 * DAY), `ACM in ${region}`, () => {
      world.acm.refusing.delete(region);
    });
    return region;
  }),
  fault('acm.import-deleted', [0.3, 4], (world, random) => {
    const arns = [...world.acm.imports.keys()];
    if (arns.length === 0) return undefined;
    const arn = random.pick(arns);
    world.acm.delete(arn, world.scheduler.now);
    return arn;
  }),
  fault('stack.has-another', [0.1, 1.5], (world, random) => {
    const { clockwork } = world;
    if (!clockwork || clockwork.hasOther) return undefined;
    clockwork.hasOther = true;
    clockwork.changed();
    world.restoreLater(random.spread(HOUR, 20 * DAY), 'the other stack', () => {
      clockwork.hasOther = false;
    });
    return 'on the same bucket';
  }),
  fault('stack.domain-taken-away', [0.1, 0.8], (world, random) => {
    const { settings } = world;
    if (settings.domains.length < 3) return undefined;
    const domain = random.pick(settings.domains);
    settings.domains = settings.domains.filter((one) => one !== domain);
    world.clockwork?.changed();
    world.restoreLater(random.spread(HOUR, 10 * DAY), `domain ${domain}`, () => {
      settings.domains = [...settings.domains, domain];
    });
    return domain;
  }),
];

/** Certificates whose key stays the same, or all. */
function withKeptKey({ files }: World, isAsked: boolean): string[] {
  const all = [...files.keys()];
  const kept = all.filter((name) => files.get(name)?.reuseKey === true);
  return isAsked && kept.length > 0 ? kept : all;
}

function isOf(world: World, name: string, domain: string): boolean {
  const [first = ''] = world.files.get(name)?.names ?? [];
  return first === domain || first.endsWith(`.${domain}`);
}

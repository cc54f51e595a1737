import {
  LIVE_PREFIX,
  NOTICES_KEY,
  PENDING_PREFIX,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { DAY, HOUR, MINUTE } from '../engine/durations.ts';
import type { Happening } from './life.ts';
import { anyHost, anyName, anyZone } from './people.ts';

const fault = (name: string, perYear: readonly [number, number], happen: Happening['happen']): Happening => ({
  name,
  perYear,
  isFault: true,
  happen,
});

const OBJECTS = [
  STATE_PREFIX,
  LIVE_PREFIX,
  PENDING_PREFIX,
  'hosts/',
  'acm/',
  'orders/',
  'limits/',
  'notices/',
  'index.json',
  'revoked/',
  'probes/',
];
const STRAY = ['.DS_Store', 'Read Me.json', 'Thumbs.db', 'UPPER.json', 'a..b.json', 'notes.txt'];

/** What befalls bucket, zones, hosts and CAs in the course of years. */
export const MISCHIEF: readonly Happening[] = [
  fault('bucket.stray-object', [0.2, 3], (world, random) => {
    const folder = random.pick([
      'pending/',
      'pending/',
      'pending/',
      'renewal/',
      'live/',
      'state/',
      'hosts/',
      'acm/',
      'revoked/',
      'orders/',
      'archive/',
    ]);
    const key = `${folder}${random.pick(STRAY)}`;
    world.bucket.put(key, 'stray', 'somebody');
    world.strays.add(key);
    return key;
  }),
  fault('bucket.spoilt-object', [0.2, 6], (world, random) => {
    const keys = world.bucket.keys(random.pick(OBJECTS)).filter((key) => key.endsWith('.json'));
    if (keys.length === 0) return undefined;
    const key = random.pick(keys);
    const body = world.bucket.get(key)?.body ?? '';
    const spoilt = random.pick([
      body.slice(0, Math.floor(body.length / 2)),
      '',
      '{}',
      'null',
      '[]',
      `${body}x`,
    ]);
    world.bucket.put(key, spoilt, 'somebody', world.bucket.get(key)?.groups);
    return `${key} ${spoilt.length} of ${body.length} characters`;
  }),
  fault('bucket.removed-object', [0.2, 4], (world, random) => {
    const keys = world.bucket.keys(
      random.pick([
        STATE_PREFIX,
        LIVE_PREFIX,
        PENDING_PREFIX,
        NOTICES_KEY,
        'index.json',
        'hosts/',
        'acm/',
        'orders/',
      ]),
    );
    if (keys.length === 0) return undefined;
    const key = random.pick(keys);
    world.bucket.remove(key, 'somebody');
    return key;
  }),
  fault('bucket.far-instant', [0.2, 3], (world, random) => {
    const keys = world.bucket.keys(
      random.pick([STATE_PREFIX, 'limits/', NOTICES_KEY, 'index.json', 'acm/', 'hosts/']),
    );
    const key = keys.length > 0 ? random.pick(keys) : undefined;
    const body = key === undefined ? undefined : world.bucket.get(key)?.body;
    if (key === undefined || body === undefined) return undefined;
    const field = random.pick(['notBefore', 'until', 'at', 'askAgain', 'lastMail', 'since']);
    const changed = body.replace(new RegExp(`("${field}": ?")2\\d{3}(-\\d\\d-\\d\\dT)`, 'g'), '$12038$2');
    if (changed === body) return undefined;
    world.bucket.put(key, changed, 'somebody');
    return `${key} ${field}`;
  }),
  fault('bucket.newer-writer', [0.2, 3], (world, random) => {
    const keys = world.bucket.keys(PENDING_PREFIX).filter((key) => key.endsWith('.json'));
    const key = keys.length > 0 ? random.pick(keys) : undefined;
    const body = key === undefined ? undefined : world.bucket.get(key)?.body;
    if (key === undefined || !body?.startsWith('{')) return undefined;
    world.bucket.put(key, body.replace('{', '{"laterMember":1,'), 'somebody');
    return key;
  }),
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
  fault('ca.account-lost', [0.1, 1], (world, random) => {
    const ca = random.pick(world.cas);
    if (ca.keptAccount === undefined) return undefined;
    ca.lost.add(ca.keptAccount);
    return ca.keptAccount;
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
  fault('ca.domain-used-by-others', [0.5, 6], (world, random) => {
    const zone = anyZone(world, random);
    if (!zone) return undefined;
    const count = random.whole(5, 50);
    world.cas[0]?.limits.usedByOthers(zone.name, count, world.scheduler.now);
    world.usedByOthers.set(zone.name, world.scheduler.now);
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

/** Sites of a run that are no happening: they come with a call, a message or a run of a function. */
export const SITES: Record<string, readonly [number, number]> = {
  'lambda.clock': [0.001, 0.03],
  'lambda.out-of-memory': [0.0005, 0.01],
  'bus.loses': [0.0005, 0.02],
  'bus.doubles': [0.001, 0.1],
  'bus.late': [0.001, 0.1],
  'schedule.misses': [0.001, 0.1],
  'route53.slow-propagation': [0.001, 0.05],
  'ca.misjudges': [0.001, 0.05],
  'ca.poisoned-order': [0.001, 0.02],
  'ca.stuck-order': [0.001, 0.02],
  'ca.order-fails': [0.001, 0.03],
  'ca.spoilt-certificate': [0.001, 0.03],
  'ca.odd-renewal-info': [0.001, 0.05],
  'host.script-dies': [0.001, 0.05],
};

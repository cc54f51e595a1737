import {
  liveKey,
  PENDING_PREFIX,
  RENEWAL_PREFIX,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import type { Trouble } from '../../../lib/reporting/notices/rules/trouble.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import { certificateOf, pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import { stands } from './dns-checks.ts';
import { checkMarks } from './end-mark-checks.ts';
import type { Opportunities } from './opportunities.ts';
import { wasOpen } from './serving-checks.ts';
import type { Sweeps } from './sweeps.ts';
import type { Telling } from './telling-checks.ts';

interface Parts {
  world: World;
  breaches: Breaches;
  telling: Telling;
  opportunities: Opportunities;
  sweeps: Sweeps;
}

/** After the faults stopped and 26 hours went by: all is well, and nothing is left standing. */
export function checkEnd({ world, breaches, telling, opportunities, sweeps }: Parts): void {
  const { bucket, scheduler } = world;
  const isLimited = (name: string) => opportunities.isLimited(name);
  const report = (check: string, what: string) => breaches.report(`end: ${check}`, what);
  for (const [name, file] of world.files) {
    const pointer = pointerOf(world, name);
    const issued = pointer && certificateOf(world, name, pointer.version);
    if (!pointer || !issued) report('certificate there', `${name} has none`);
    else {
      if (issued.notAfter <= scheduler.now)
        report('certificate valid', `${name} expired ${new Date(issued.notAfter).toISOString()}`);
      if ([...pointer.names].sort().join() !== [...file.names].sort().join() && !isLimited(name))
        report('names as wanted', `${name}: ${pointer.names.join(' ')}`);
      if ([...pointer.hosts].sort().join() !== [...(file.hosts as string[])].sort().join())
        report('groups as wanted', `${name}: ${pointer.hosts.join(' ')}`);
      for (const host of world.fleet.hosts.values())
        if (
          pointer.hosts.includes(host.group) &&
          host.isOnline &&
          host.served.get(name) !== pointer.version &&
          wasOpen(world, host.group, bucket.get(liveKey(name))?.modified ?? 0)
        )
          report(
            'hosts serve it',
            `${host.instanceId} serves ${name} ${host.served.get(name)}, live is ${pointer.version}`,
          );
    }
  }
  checkMarks(world, isLimited, report);
  for (const prefix of [PENDING_PREFIX, 'orders/'])
    for (const key of bucket.keys(prefix))
      if (!world.strays.has(key) && parsed(bucket.get(key)?.body).leaseSeconds !== 0)
        report(`nothing in ${prefix}`, `${key} of ${new Date(bucket.get(key)?.modified ?? 0).toISOString()}`);
  for (const ca of world.cas)
    for (const { txtValue, identifier } of ca.authorizations.values())
      if (!world.excusedTxt.has(`"${txtValue}"`) && stands(world, `"${txtValue}"`))
        report('no TXT left', `${identifier} ${txtValue}`);
  const memory = parsed(bucket.get('notices/memory.json')?.body);
  for (const [key, trouble] of Object.entries(memory.troubles ?? {})) {
    const { reason, at, told } = trouble as Trouble;
    // What happened once passes by itself, a day after its last mail.
    const isLate = [at, ...Object.values(told)].some((one) => Date.parse(one) > scheduler.now - 26 * HOUR);
    if (/^(object|window|pin-end) /.test(key) && isLate) continue;
    if (isLimited(key.replace(/^(renewal|overdue) /, ''))) continue;
    // A site is looked at again in the next sweep only.
    if (key.startsWith('site ') && Date.parse(at) > scheduler.now - 8 * DAY) continue;
    if (!isStray(world, key) && !isOfTwin(world, key) && !isOnHostThatWasLeft(world, key))
      report('no trouble left', `${key}: ${reason}, at ${at}`);
  }
  // What happened once passes by itself: nobody has to hear that it is over.
  const isOpen = (key: string) =>
    !/^(object|window|pin-end) /.test(key) && !isOnHostThatWasLeft(world, key) && !isOfTwin(world, key);
  for (const key of [...telling.open.keys()].filter(isOpen))
    if (!Object.keys(memory.troubles ?? {}).includes(key)) report('all clear told', key);
  checkGrowth({ world, sweeps }, report);
}

/** A host of a group that the certificate left, or of one without a renewal file, keeps a revoked version until a person takes it off. */
function isOnHostThatWasLeft(world: World, trouble: string): boolean {
  const [, name] = /^health (\S+)$/.exec(trouble) ?? [];
  if (name === undefined) return false;
  const file = world.files.get(name);
  const groups = (file?.hosts ?? []) as string[];
  const live = file && pointerOf(world, name)?.version;
  return [...world.fleet.hosts.values()].some((host) => {
    const has = host.installed.get(name);
    return has !== undefined && has !== live && !groups.includes(host.group);
  });
}

/** A file that does not belong where it is: nobody takes it away, and it is told every day. */
function isStray({ strays }: World, trouble: string): boolean {
  const named = [...strays].map((key) =>
    key.startsWith(RENEWAL_PREFIX) ? key.slice(RENEWAL_PREFIX.length).replace(/\.json$/, '') : key,
  );
  return named.some((name) => trouble === `file ${name}`);
}

/** Hosts show a client one certificate for a name: where two have it, the site of the other is never well. */
function isOfTwin(world: World, trouble: string): boolean {
  const [, name = ''] = /^site (\S+)$/.exec(trouble) ?? [];
  const { names = [] } = world.files.get(name) ?? {};
  return [...world.files].some(
    ([other, file]) => other !== name && file.names.some((one) => names.includes(one)),
  );
}

/** A certificate may have been renewed on its last day: it expires 90 days after that, and ends 30 days later. */
const END = 120 * DAY;

/** Whether nothing has to be kept of it any more. */
export function wentLongAgo(world: World, name: string): boolean {
  return !world.files.has(name) && isLongAgo(world, world.deletedAt.get(name));
}

const isLongAgo = ({ scheduler }: World, at = 0) => at + END + 10 * DAY < scheduler.now;

/** What belongs to certificates and hosts that are gone has an end. */
function checkGrowth(
  { world, sweeps }: Pick<Parts, 'world' | 'sweeps'>,
  report: (check: string, what: string) => void,
): void {
  const { bucket } = world;
  const isOld = (at: number | undefined) => isLongAgo(world, at);
  // Only a sweep finds it, and its message may get lost.
  const chances = world.faults.rate('bus.loses') > 0 ? 3 : 1;
  const couldBeRemoved = (key: string) => {
    const since = Math.max(world.deletedAt.get(nameOf(key)) ?? 0, bucket.get(key)?.modified ?? 0) + END;
    return sweeps.after(nameOf(key), since).length >= chances;
  };
  const nameOf = (key: string) => key.slice(key.indexOf('/') + 1).replace(/\.json$/, '');
  for (const prefix of [STATE_PREFIX, 'revoked/', 'probes/', 'acm/'])
    for (const key of bucket.keys(prefix))
      if (wentLongAgo(world, nameOf(key)) && isOld(bucket.get(key)?.modified) && !world.strays.has(key))
        if (couldBeRemoved(key)) report(`no growth in ${prefix}`, key);
  for (const key of bucket.keys('hosts/'))
    if (!world.fleet.hosts.has(nameOf(key)) && isOld(bucket.get(key)?.modified) && !world.strays.has(key))
      report('no growth in hosts/', key);
}

function parsed(body: string | undefined) {
  try {
    return { ...JSON.parse(body ?? '{}') };
  } catch {
    return {};
  }
}

import {
  liveKey,
  NOTICES_KEY,
  RENEWAL_PREFIX,
  revokedKey,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { Revocations } from '../../../lib/foundation/certificate/revocation.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import { keyOf, Memory } from '../../../lib/reporting/notices/rules/trouble.ts';
import { HOUR } from '../engine/durations.ts';
import { parsePointer } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import { allClear, headlinesIn } from './mail-text.ts';
import { RACE, type Telling } from './telling-checks.ts';

/** No trouble outlives what it was about: a day after that is not wanted any more, it may be told once, and never again. */
export function checkUnwanted({ world, breaches }: { world: World; breaches: Breaches }): void {
  const { scheduler } = world;
  const changedAt = new Map<string, number>();
  const told = new Map<string, { at: number; by: string }>();
  world.onWanted.push((name) => {
    changedAt.set(name, scheduler.now);
    for (const group of world.settings.hostGroups) changedAt.set(group.name, scheduler.now);
  });
  world.mails.onMail.push(({ text, by, isAfterDeath = false }) => {
    const { now } = scheduler;
    for (const { key, reason } of headlinesIn(text)) {
      const [, , subject = ''] = PARTS.exec(key) ?? [];
      if (isAfterDeath || isStillWanted(world, key, reason)) told.delete(key);
      else if ((changedAt.get(subject.split(' in ')[0] ?? '') ?? now) + 26 * HOUR <= now) {
        const first = told.get(key)?.at ?? now;
        told.set(key, { at: first, by });
        if (now > first + RACE) breaches.report('told-of-what-is-not-wanted', `${key} (${reason})`);
      }
    }
    for (const key of allClear(text)) told.delete(key);
  });
  // A mail goes out before it is remembered, so that none is lost: where that failed, it comes again.
  world.lambda.onEnd.push(({ how }, { id }) => {
    if (how !== 'ended') for (const [key, { by }] of told) if (by === id) told.delete(key);
  });
}

const PARTS = /^(\S+) (.+)$/;

function isStillWanted(world: World, key: string, reason: string): boolean {
  const { bucket, files } = world;
  const [, kind, subject = ''] = PARTS.exec(key) ?? [];
  const [name = '', region] = subject.split(' in ');
  const file = files.get(name);
  switch (kind) {
    case 'renewal':
      return file !== undefined || failsToCleanUp(world, name);
    case 'health':
      return file !== undefined || isKept(world, name, reason);
    case 'overdue':
    case 'pin':
      return file !== undefined;
    case 'import':
      return ((file?.acm as { region: string }[] | undefined) ?? []).some((one) => one.region === region);
    case 'site':
      return file?.probe === true;
    case 'deployment':
      return [...files.values()].some(({ hosts }) => (hosts as string[]).includes(subject));
    case 'file':
      return [subject, `${RENEWAL_PREFIX}${subject}`, `${RENEWAL_PREFIX}${subject}.json`].some(
        (stored) => bucket.get(stored) !== undefined,
      );
    default:
      // What happened once is told once.
      return true;
  }
}

/** A revoked version on a host, and a record or pointer that cannot be read, are told of until they are gone, whoever wants the certificate. */
function isKept({ bucket, fleet }: World, name: string, reason: string): boolean {
  if (reason === 'revoked') return [...fleet.hosts.values()].some((host) => host.installed.has(name));
  const record = bucket.get(revokedKey(name));
  const pointer = bucket.get(liveKey(name));
  const isSpoilt =
    (record !== undefined && !orNone(record.body, Revocations)) ||
    (pointer !== undefined && !parsePointer(pointer.body));
  return reason === 'unreadable' && isSpoilt;
}

function failsToCleanUp({ bucket }: World, name: string): boolean {
  const { repairs = {} } = orNone(bucket.get(`${STATE_PREFIX}${name}.json`)?.body, State) ?? {};
  return Object.values(repairs).some(({ failures }) => failures > 0);
}

/** What was told and is remembered as told is forgotten only once its end was really sent. */
export function checkAllClears({
  world,
  breaches,
  telling,
}: {
  world: World;
  breaches: Breaches;
  telling: Telling;
}): void {
  const { scheduler, bucket } = world;
  const isForgotten = (key: string) =>
    telling.open.has(key) && !rememberedIn(bucket.get(NOTICES_KEY)?.body).has(key);
  const judge = (key: string) => {
    if (isForgotten(key))
      breaches.report('all-clear-not-sent', `${key} is remembered as over, and nobody was told`);
  };
  bucket.onChange.push(({ key, before, after, by }) => {
    if (key !== NOTICES_KEY || by !== 'notify' || !before || !after) return;
    const remembered = rememberedIn(after.body);
    for (const trouble of rememberedIn(before.body)) {
      if (remembered.has(trouble) || !telling.open.has(trouble)) continue;
      // Of two runs at once, one said that it is over, and the other that it is not: its end is told once more.
      const isRace = (telling.lastCleared.get(trouble) ?? 0) > scheduler.now - RACE;
      if (isRace) scheduler.after(2 * HOUR, `end of ${trouble}`, () => judge(trouble));
      else judge(trouble);
    }
  });
}

/** What happened once passes by itself, and nobody has to hear that it is over. */
const PASSING = ['object', 'window', 'pin-end'];

/** The troubles that mails have told of. */
function rememberedIn(body: string | undefined): Set<string> {
  const { troubles, over } = orNone(body, Memory) ?? { troubles: {}, over: [] };
  const told = [...Object.values(troubles), ...over].filter(
    (trouble) => Object.keys(trouble.told).length > 0 && !PASSING.includes(trouble.kind),
  );
  return new Set(told.map(keyOf));
}

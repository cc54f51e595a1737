import { renewBefore } from '../../../lib/foundation/certificate/life.ts';
import {
  INDEX_KEY,
  LIVE_PREFIX,
  NOTICES_KEY,
  PENDING_PREFIX,
  RENEWAL_PREFIX,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { CLAIM_SECONDS } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { DAY, HOUR, MINUTE, SECOND, WEEK } from '../engine/durations.ts';
import { remembering } from '../engine/recent.ts';
import { suggestedWindow } from '../services/ca-calendar.ts';
import { parsePointer } from './stored.ts';
import type { World } from './world.ts';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Every threshold in lib is a stored instant with one of these added (or part of a certificate's life, below). */
const AFTERWARDS = [0, HOUR, DAY, WEEK];
const KEPT = 500;
/** A claim is stale then, and a second later by the times that S3 rounds. */
const LEASE = CLAIM_SECONDS * SECOND + SECOND;

/**
 * The first instant after `since` at which a check could decide otherwise than the last one did, as long as nothing changes:
 * every instant that stands in the bucket, with what lib adds to it. What was ordered when counts only where a certificate
 * waits for a limit.
 */
export function nextInstant(world: World, since: number, { isLimited }: { isLimited: boolean }): number {
  let next = Number.POSITIVE_INFINITY;
  const take = (instant: number) => {
    if (instant > since && instant < next) next = instant;
  };
  for (const instant of pointerInstants(world)) take(instant);
  for (const prefix of [STATE_PREFIX, ...(isLimited ? ['limits/', 'orders/'] : [])])
    for (const key of world.bucket.keys(prefix)) {
      const body = world.bucket.get(key)?.body ?? '';
      for (const instant of instantsIn(body)) for (const more of laterIn(body)) take(instant + more);
    }
  for (const prefix of [PENDING_PREFIX, 'orders/'])
    for (const key of world.bucket.keys(prefix)) {
      const kept = world.bucket.get(key);
      if (kept && !isReleased(kept.body)) take(kept.modified + LEASE);
    }
  for (const instant of askInstants(world)) take(instant);
  for (const instant of memoryInstants(world)) take(instant);
  return next;
}

/** A state that remembers nothing but what the CA suggests is due then, and overdue a day later. */
function laterIn(state: string): readonly number[] {
  return /"failures": 0,\s*"suggested": \{[^}]*\}\s*\}/.test(state) ? [0, DAY] : AFTERWARDS;
}

/** A lock that is kept for what was issued under it has no lease that could run out. */
function isReleased(body: string): boolean {
  return body.includes('"leaseSeconds":0,"issued":[{');
}

function livePointers(world: World) {
  return world.bucket.keys(LIVE_PREFIX).flatMap((key) => {
    const pointer = key.endsWith('.json') && parsePointer(world.bucket.get(key)?.body ?? '');
    return pointer ? [{ key, pointer }] : [];
  });
}

function pointerInstants(world: World): number[] {
  const found: number[] = [];
  const chosen = chosenInstants(world);
  for (const { key, pointer } of livePointers(world)) {
    const end = Date.parse(pointer.notAfter);
    const life = end - Date.parse(pointer.notBefore);
    const file = world.bucket.get(key.replace(LIVE_PREFIX, RENEWAL_PREFIX))?.body ?? '';
    const days = Number(/"renewBeforeDays": *([\d.]+)/.exec(file)?.[1] ?? 0);
    // What the CA suggests takes the place of the instant that follows from the age.
    const isSuggested = (chosen.get(pointer.certId) ?? Number.POSITIVE_INFINITY) <= end;
    const byAge = isSuggested ? [] : [end - renewBefore(life)];
    for (const at of [end, end - life / 6, ...byAge, end - days * DAY]) found.push(at, at + DAY);
  }
  return found;
}

/**
 * When a CA is asked again about a certificate that is live: of those only whose instant is not chosen yet, or not where the CA
 * wants it by now. Of the others the answer would be what is known.
 */
function askInstants(world: World): number[] {
  const body = world.bucket.get(INDEX_KEY)?.body ?? '';
  const kept = /"askAgain":(\{[^}]*\})/.exec(body)?.[1] ?? '{}';
  const chosen = chosenInstants(world);
  const live = new Set(livePointers(world).map(({ pointer }) => pointer.certId));
  return Object.entries(JSON.parse(kept) as Record<string, string>).flatMap(([certId, until]) => {
    if (!live.has(certId)) return [];
    const issued = world.cas.map((ca) => ca.issued.get(certId)).find((found) => found !== undefined);
    const at = chosen.get(certId);
    if (!issued || at === undefined) return [Date.parse(until)];
    const { start, end } = issued.window ?? suggestedWindow(issued.notBefore, issued.notAfter);
    return at < start || at > end ? [Date.parse(until)] : [];
  });
}

function chosenInstants(world: World): Map<string, number> {
  const chosen = new Map<string, number>();
  for (const key of world.bucket.keys(STATE_PREFIX)) {
    const [, certId, at] =
      /"certId": "([^"]+)",\s*"at": "([^"]+)"/.exec(world.bucket.get(key)?.body ?? '') ?? [];
    if (certId !== undefined && at !== undefined) chosen.set(certId, Date.parse(at));
  }
  return chosen;
}

/** Of most objects again and again. */
const instantsIn = remembering(KEPT, (text) =>
  (text.match(INSTANT) ?? []).map((instant) => Date.parse(instant)),
);

/** What is told again after a day, and what waits for the quiet after a mail. */
function memoryInstants(world: World): number[] {
  try {
    const { troubles, over, lastMail } = JSON.parse(world.bucket.get(NOTICES_KEY)?.body ?? '{}');
    const all = Object.values(troubles ?? {}) as { at: string; since: string; kind: string; told: object }[];
    const waits = over?.length > 0 && lastMail ? [Date.parse(lastMail) + 10 * MINUTE] : [];
    return [
      ...waits,
      ...all.flatMap(({ at, since, kind, told }) => [
        ...(kind === 'object' || kind === 'deployment'
          ? [Date.parse(at) + DAY, Date.parse(since) + HOUR / 2]
          : []),
        ...instantsIn(JSON.stringify(told)).map((instant) => instant + DAY),
        ...(Object.keys(told).length === 0 && lastMail ? [Date.parse(lastMail) + 10 * MINUTE] : []),
      ]),
    ];
  } catch {
    return [];
  }
}

import { NOTICES_KEY } from '../../../lib/foundation/certificate/object-keys.ts';
import { isOfKind } from '../../../lib/foundation/reasons/reasons.ts';
import { HOUR, MINUTE } from '../engine/durations.ts';
import type { World } from '../world/world.ts';
import { allClear, headlinesIn } from './mail-text.ts';
import type { Parts } from './parts.ts';

/** Two runs at once may both send what is new: within so long a mail may come twice. */
export const RACE = 10 * MINUTE;

/** How long nobody hears of a trouble again that goes on for the same reason (docs/operations.md, "What you are told"). */
export function silenceAfter(reason: string): number {
  if (isOfKind(reason, 'urgent')) return 6 * HOUR;
  // Of a site, warnings about something else are told the next day.
  const isOnce = isOfKind(reason, 'nobody-there') || isOfKind(reason, 'harmless');
  return isOnce && reason !== 'site-warning' ? Number.POSITIVE_INFINITY : 24 * HOUR;
}

/** Nothing is told twice before its time (invariant 7). */
export function checkTelling({ world, breaches }: Pick<Parts, 'world' | 'breaches'>): Telling {
  const telling = new Telling(world);
  world.mails.onMail.push(({ text, by, isAfterDeath = false }) => {
    const { now } = world.scheduler;
    for (const { key, reason } of headlinesIn(text)) {
      const before = telling.saidOf(key, reason);
      const ago = now - (before?.at ?? Number.NEGATIVE_INFINITY);
      if (ago > RACE && ago < silenceAfter(reason) - RACE)
        breaches.report('told-twice', `${key} (${reason}), ${Math.round(ago / HOUR)} h after the last`);
      telling.tell(key, reason, by);
    }
    for (const key of allClear(text)) telling.clear(key, by);
    if (isAfterDeath) telling.forget(by);
  });
  // Its mail went out and is not remembered: it comes again, unless a later event has ended what it told of.
  world.lambda.onEnd.push(({ how }, { id }) => {
    if (how !== 'ended') telling.forget(id);
  });
  world.bucket.onChange.push(({ key, by }) => {
    if (key === NOTICES_KEY && by === 'somebody') telling.disturb();
  });
  return telling;
}

interface Said {
  at: number;
  by: string;
}

/** What people have heard; troubles are called as in `notices/memory.json`. */
export class Telling {
  /** By trouble and reason: what the product has to remember. */
  readonly #said = new Map<string, Map<string, Said>>();
  /** As above, also of what is over or forgotten. */
  readonly #heard = new Map<string, Map<string, number>>();
  /** Troubles that were told and are not over yet, with the run that told them last. */
  readonly open = new Map<string, string>();
  readonly #clearedBefore = new Map<string, { by: string; at: number | undefined }>();
  /** When their end was told. */
  readonly lastCleared = new Map<string, number>();
  readonly #world: World;
  disturbedAt = 0;

  constructor(world: World) {
    this.#world = world;
  }

  saidOf(key: string, reason: string): Said | undefined {
    return this.#said.get(key)?.get(reportedAs(key, reason));
  }

  tell(key: string, reason: string, by: string): void {
    const { now: at } = this.#world.scheduler;
    const as = reportedAs(key, reason);
    this.#said.set(key, (this.#said.get(key) ?? new Map()).set(as, { at, by }));
    this.#heard.set(key, (this.#heard.get(key) ?? new Map()).set(as, at));
    this.open.set(key, by);
  }

  clear(key: string, by: string): void {
    this.#clearedBefore.set(key, { by, at: this.lastCleared.get(key) });
    this.open.delete(key);
    this.#said.delete(key);
    this.lastCleared.set(key, this.#world.scheduler.now);
  }

  /**
   * What a run has told, which did not end well. That something is over it did not remember: if it goes on, it is not told
   * anew.
   */
  forget(id: string): void {
    for (const [key, { by, at }] of this.#clearedBefore) {
      if (by !== id) continue;
      this.#clearedBefore.delete(key);
      if (at === undefined) this.lastCleared.delete(key);
      else this.lastCleared.set(key, at);
    }
    for (const said of this.#said.values()) for (const [as, { by }] of said) if (by === id) said.delete(as);
    for (const [key, by] of this.open) if (by === id) this.open.delete(key);
  }

  /** Somebody took the memory away: what was told is not known any more, nor that it is over. */
  disturb(): void {
    this.disturbedAt = this.#world.scheduler.now;
    this.open.clear();
    this.#said.clear();
  }

  /** Whether people have heard of a trouble since, for whatever reason. */
  isToldSince(key: string, since: number): boolean {
    return [...(this.#heard.get(key)?.values() ?? [])].some((at) => at > since);
  }

  /** Whether people know of a trouble, for whatever reason: told since, or within a day before and not over then. */
  isKnown(key: string, since: number): boolean {
    return this.isToldSince(key, Math.max(this.lastCleared.get(key) ?? 0, since - 25 * HOUR));
  }

  /** Whether people know of a trouble that was there at an instant, or know by now that it is over. */
  isHeard(key: string, reason: string, since: number): boolean {
    const clearedAt = this.lastCleared.get(key) ?? 0;
    if (this.isToldSince(key, since) || clearedAt > since) return true;
    const at = this.#heard.get(key)?.get(reportedAs(key, reason)) ?? Number.NEGATIVE_INFINITY;
    // The same warnings of a site are told once, and others wait for the day after its last mail.
    if (reason === 'site-warning') return at > clearedAt || this.isToldSince(key, since - 25 * HOUR);
    return at > clearedAt && at > since - silenceAfter(reason) - HOUR;
  }

  /** Whether the memory was lost since, or may say of it what is not so, because an older one was put in its place. */
  isDisturbed(key: string, reason: string, since: number): boolean {
    const from = Math.max(this.lastCleared.get(key) ?? 0, since - silenceAfter(reason) - HOUR);
    return this.disturbedAt > (this.#heard.has(key) ? from : since);
  }
}

/** A deployment fails on each host for a reason of its own, a CA that is down in many ways: each is one trouble. */
function reportedAs(key: string, reason: string): string {
  if (key.startsWith('deployment ')) return 'any';
  return key.startsWith('renewal ') && isOfKind(reason, 'ca-down') ? 'ca-down' : reason;
}

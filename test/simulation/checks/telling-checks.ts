import { NOTICES_KEY, STATE_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import { HOUR, MINUTE } from '../engine/durations.ts';
import type { World } from '../world/world.ts';
import { allClear, headlinesIn, subjectOf } from './mail-text.ts';
import type { Parts } from './parts.ts';

/** Two runs at once may both send what is new: within so long a mail may come twice. */
export const RACE = 10 * MINUTE;

/** What puts failures, and checks after them, on the bus, and what befalls them there. */
const TELLS = ['renew', 'scan'];
const ON_ITS_WAY = ['bus.loses', 'bus.late'];

/** Told in time, not twice a day, and that it is over (invariant 7). */
export function checkTelling({ world, breaches, opportunities }: Parts): Telling {
  const telling = new Telling(world);
  const wasDisturbed = (since: number) =>
    ['notify', 'renew', 'scan'].some((name) => (opportunities.lastHit.get(name) ?? 0) >= since) ||
    telling.disturbedAt >= since;
  world.mails.onMail.push(({ text, by }) => {
    const { now } = world.scheduler;
    for (const { headline, reason } of headlinesIn(text)) {
      const key = `${subjectOf(headline)} ${headline.startsWith('group') ? 'any' : reason}`;
      const before = telling.told.get(key);
      if (
        before !== undefined &&
        now - before > RACE &&
        now - before < 23 * HOUR &&
        !wasDisturbed(before - HOUR)
      )
        breaches.report('told-twice', `${key}, ${Math.round((now - before) / HOUR)} h after the last`);
      telling.told.set(key, now);
      telling.lastTold.set(key, now);
      telling.open.set(subjectOf(headline), by);
    }
    for (const subject of allClear(text)) {
      telling.open.delete(subject);
      telling.lastCleared.set(subject, now);
      for (const key of telling.told.keys()) if (key.startsWith(`${subject} `)) telling.told.delete(key);
    }
  });
  // Its mail went out and is not remembered: it comes again, unless a later event has ended what it told of.
  world.lambda.onEnd.push(({ how }, { id }) => {
    if (how !== 'ended')
      for (const [subject, by] of telling.open) if (by === id) telling.open.delete(subject);
  });
  let lostAt = 0;
  world.lambda.onEnd.push((_, { functionName, met }) => {
    if (TELLS.includes(functionName) && met.some((site) => ON_ITS_WAY.includes(site)))
      lostAt = world.scheduler.now;
  });
  world.bucket.onChange.push(({ key, before, after, by }) => {
    if (key === NOTICES_KEY && by === 'somebody') telling.disturb();
    if (!key.startsWith(STATE_PREFIX) || !after || by === 'somebody') return;
    const failures = failuresIn(after.body);
    // What a clean-up or a check writes beside them is no failure.
    if (failures < 2 || failures <= failuresIn(before?.body)) return;
    const name = key.slice(STATE_PREFIX.length, -'.json'.length);
    const from = world.scheduler.now;
    world.scheduler.after(2 * HOUR, `told of ${name}`, () => {
      // Nobody has to hear of what nobody wants any more.
      const isStill = failuresIn(world.bucket.get(key)?.body) > 0 && world.files.has(name);
      const isTold = (told: ReadonlyMap<string, number>, since: number) =>
        [...told].some(([key, at]) => key.startsWith(`renewal ${name} `) && at > since);
      // One that is over by now has been told too.
      const isHeard = isTold(telling.told, from - 25 * HOUR) || isTold(telling.lastTold, from);
      if (isStill && !isHeard && !wasDisturbed(from - HOUR) && lostAt < from - HOUR)
        breaches.report('not-told', `${name} failed ${failures} times, and nobody was told within two hours`);
    });
  });
  return telling;
}

/** Of the renewal: repairs count their own. */
function failuresIn(state: string | undefined): number {
  return orNone(state, State)?.failures ?? 0;
}

export class Telling {
  /** When, by subject and reason. */
  readonly told = new Map<string, number>();
  /** As `told`, also of what is over. */
  readonly lastTold = new Map<string, number>();
  /** Subjects that were told and are not over yet, with the run that told them last. */
  readonly open = new Map<string, string>();
  /** When their end was told, by subject. */
  readonly lastCleared = new Map<string, number>();
  readonly #world: World;
  disturbedAt = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Somebody took the memory away: what was told is not known any more, nor that it is over. */
  disturb(): void {
    this.disturbedAt = this.#world.scheduler.now;
    this.open.clear();
  }
}

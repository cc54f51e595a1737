import { NOTICES_KEY } from '../../../lib/foundation/certificate/object-keys.ts';
import type { Trouble } from '../../../lib/reporting/notices/rules/trouble.ts';
import { HOUR } from '../engine/durations.ts';
import type { File } from '../world/wanted.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import { allClear, headlinesIn, subjectOf } from './mail-text.ts';
import { RACE, type Telling } from './telling-checks.ts';

/** No trouble outlives what it was about: a day after that is not wanted any more, it may be told once, and never again. */
export function checkUnwanted({ world, breaches }: { world: World; breaches: Breaches }): void {
  const changedAt = new Map<string, number>();
  const told = new Map<string, { at: number; by: string }>();
  world.onWanted.push((name) => changedAt.set(name, world.scheduler.now));
  world.mails.onMail.push(({ text, by }) => {
    for (const { headline } of headlinesIn(text)) {
      const name = nameIn(headline);
      const { now } = world.scheduler;
      if (name === undefined || isStillWanted(world.files.get(name), headline)) told.delete(headline);
      else if ((changedAt.get(name) ?? now) + 26 * HOUR <= now) {
        const first = told.get(headline)?.at ?? now;
        told.set(headline, { at: first, by });
        if (now > first + RACE) breaches.report('told-of-what-is-not-wanted', headline);
      }
    }
    const over = new Set(allClear(text));
    for (const headline of told.keys()) if (over.has(subjectOf(headline))) told.delete(headline);
  });
  // A mail goes out before it is remembered, so that none is lost: where that failed, it comes again.
  world.lambda.onEnd.push(({ how }, { id }) => {
    if (how !== 'ended') for (const [headline, { by }] of told) if (by === id) told.delete(headline);
  });
}

function nameIn(headline: string): string | undefined {
  return /^(\S+) (?:in \S+ is not imported|seen from outside|is not renewed|is overdue)$/.exec(headline)?.[1];
}

function isStillWanted(file: File | undefined, headline: string): boolean {
  const [, region] = / in (\S+) is not imported$/.exec(headline) ?? [];
  if (!file) return false;
  if (region)
    return ((file.acm as { region: string }[] | undefined) ?? []).some((one) => one.region === region);
  return !headline.endsWith('seen from outside') || file.probe === true;
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
  const isForgotten = (text: string) =>
    telling.open.has(subjectOf(text)) && !rememberedIn(bucket.get(NOTICES_KEY)?.body ?? '').has(text);
  const judge = (text: string) => {
    if (isForgotten(text))
      breaches.report('all-clear-not-sent', `${text} is remembered as over, and nobody was told`);
  };
  bucket.onChange.push(({ key, before, after, by }) => {
    if (key !== NOTICES_KEY || by !== 'notify' || !before || !after) return;
    const remembered = rememberedIn(after.body);
    for (const text of rememberedIn(before.body)) {
      const subject = subjectOf(text);
      if (remembered.has(text) || !telling.open.has(subject)) continue;
      // Of two runs at once, one said that it is over, and the other that it is not: its end is told once more.
      const isRace = (telling.lastCleared.get(subject) ?? 0) > scheduler.now - RACE;
      if (isRace) scheduler.after(2 * HOUR, `end of ${subject}`, () => judge(text));
      else judge(text);
    }
  });
}

/** The headlines of the troubles that mails have told of. */
function rememberedIn(body: string): Set<string> {
  try {
    const { troubles, over } = JSON.parse(body);
    const all = [...Object.values<Trouble>(troubles ?? {}), ...((over as Trouble[]) ?? [])];
    const told = all.filter((trouble) => Object.keys(trouble.told).length > 0);
    return new Set(told.flatMap((trouble) => HEADLINES[trouble.kind]?.(trouble.subject) ?? []));
  } catch {
    return new Set();
  }
}

const HEADLINES: Record<string, (subject: string) => string> = {
  renewal: (subject) => `${subject} is not renewed`,
  overdue: (subject) => `${subject} is overdue`,
  file: (subject) => `renewal/${subject}.json cannot be used`,
  import: (subject) => `${subject} is not imported`,
  deployment: (subject) => `group ${subject} does not install`,
  site: (subject) => `${subject} seen from outside`,
};

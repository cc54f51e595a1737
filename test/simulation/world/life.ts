import { DAY } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import type { World } from './world.ts';

/** Something that happens by itself, so often a year when it is on. */
export interface Happening {
  name: string;
  perYear: readonly [number, number];
  /** Whether it is a fault, which ends with the first phase, and not somebody's daily work. */
  isFault: boolean;
  happen: (world: World, random: Random) => string | undefined;
}

export const fault = (
  name: string,
  perYear: readonly [number, number],
  happen: Happening['happen'],
): Happening => ({
  name,
  perYear,
  isFault: true,
  happen,
});

/** What somebody does in the course of the work. */
export const happening = (
  name: string,
  perYear: readonly [number, number],
  happen: Happening['happen'],
): Happening => ({ name: `people ${name}`, perYear, isFault: false, happen });

/** Draws which of them a run has and lets them happen. */
export function letLive(world: World, happenings: readonly Happening[]): void {
  const { faults, scheduler, streams, trace } = world;
  for (const { name, perYear, isFault, happen } of happenings) {
    const random = streams.of(name);
    const rate = isFault ? faults.draw(`${name}-a-year`, random, perYear) : random.spread(...perYear);
    if (rate === 0) continue;
    const next = () =>
      scheduler.after(random.untilNext((365 * DAY) / rate), name, () => {
        if (!faults.on) return;
        const what = happen(world, random);
        if (what !== undefined) {
          trace.met(name);
          trace.note(`${name}: ${what}`);
        }
        next();
      });
    next();
  }
}

import { DAY, HOUR } from '../engine/durations.ts';
import type { World } from '../world/world.ts';
import type { Opportunities } from './opportunities.ts';

/** What a sweep finds is done in so long. */
const DONE = 2 * HOUR;
/** What was in the way before that is not known any more. */
const KNOWN = 110 * DAY;
const NEEDED = ['s3', 'route53', 'dns', 'ca', 'bus'] as const;

/** Weekly sweeps that met no fault: only they find some of what is to be done. */
export class Sweeps {
  readonly #clean: number[] = [];
  readonly #opportunities: Opportunities;
  readonly #world: World;

  constructor({ world, opportunities }: { world: World; opportunities: Opportunities }) {
    this.#opportunities = opportunities;
    this.#world = world;
    world.lambda.onEnd.push(({ how }, { functionName, hits }, { about }) => {
      const isClean = how === 'ended' && hits.every((site) => site.endsWith('.late'));
      if (functionName === 'scan' && isClean && about.includes('weekly-sweep'))
        this.#clean.push(world.scheduler.now);
    });
  }

  /** When those ended after which nothing was in the way of what they found to be done for the certificate. */
  after(name: string, since: number): number[] {
    const isDone = (at: number) =>
      this.#opportunities.longestClear(name, { from: at, until: at + DONE }, NEEDED) === DONE;
    const first = Math.max(since, this.#world.scheduler.now - KNOWN);
    return this.#clean.filter((at) => at >= first && isDone(at));
  }
}

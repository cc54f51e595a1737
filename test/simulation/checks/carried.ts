import { MINUTE } from '../engine/durations.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { World } from '../world/world.ts';

/** Between two mails; what waits goes with the next event that `notify` hears of. */
const QUIET = 10 * MINUTE;
/** Longer than `notify` runs. */
const RUN = MINUTE;
const KEPT = 3 * 60 * MINUTE;

/** Injected faults that nothing has to be excused for: an answer that came late was read as any other. */
export const faultsOf = ({ hits }: Pick<Invocation, 'hits'>) =>
  hits.filter((site) => !site.endsWith('.late'));

/** How each event got to `notify`, and what befell it on its way. */
export class Carried {
  readonly #world: World;
  readonly #heldUp = new WeakSet<object>();
  /** When runs that met no fault ended that had it. */
  readonly #heard = new WeakMap<object, number[]>();
  /** The ends of such runs, whatever they had. */
  #clean: number[] = [];
  #mails: { at: number; by: string }[] = [];

  constructor(world: World) {
    this.#world = world;
    world.bus.onHeldUp.push((queue, event) => {
      if (queue === 'notify') this.#heldUp.add(event as object);
    });
    world.mails.onMail.push(({ at, by }) => this.#mails.push({ at, by }));
    world.lambda.onEnd.push(({ how }, invocation, { event }) => {
      if (invocation.functionName !== 'notify' || how !== 'ended' || faultsOf(invocation).length > 0) return;
      const { now } = world.scheduler;
      for (const one of event as object[]) this.#heard.set(one, [...(this.#heard.get(one) ?? []), now]);
      if (this.#couldTell(invocation.id)) this.#clean.push(now);
    });
  }

  /** A run tells all that it knows, unless another one has sent a mail a moment ago. */
  #couldTell(id: string): boolean {
    const { now } = this.#world.scheduler;
    this.#mails = this.#mails.filter(({ at }) => at > now - KEPT);
    this.#clean = this.#clean.filter((at) => at > now - KEPT);
    const lately = this.#mails.filter(({ at }) => at > now - QUIET - RUN);
    return lately.length === 0 || lately.some(({ by }) => by === id);
  }

  /** Whether somebody could be told of it by now: it came, a run that met no fault had it, and that one or a later could send a mail. */
  couldBeTold(event: object): boolean {
    if (this.#heldUp.has(event)) return false;
    const [heard] = this.#heard.get(event) ?? [];
    return heard !== undefined && this.#clean.some((at) => at >= heard);
  }
}

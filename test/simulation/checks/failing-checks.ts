import { NOTICES_KEY } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { Memory } from '../../../lib/reporting/notices/rules/trouble.ts';
import { HOUR } from '../engine/durations.ts';
import type { Carried } from './carried.ts';
import { failingIn } from './failing-facts.ts';
import type { Parts } from './parts.ts';
import type { Telling } from './telling-checks.ts';
import { TroubleEnds } from './trouble-ends.ts';

const TOLD_WITHIN = 2 * HOUR;

type Parted = Pick<Parts, 'world' | 'breaches'> & { carried: Carried; telling: Telling };

/** Everything that fails is told within two hours of the event that says so, or over by then (invariant 7). */
export function checkFailing({ world, breaches, carried, telling }: Parted): void {
  const { scheduler } = world;
  const ends = new TroubleEnds(world);
  world.bus.onFact.push((fact, by, event) => {
    if (!event) return;
    ends.take(fact, by?.skewMs);
    if (by?.hits.includes('lambda.clock')) return;
    const from = scheduler.now;
    checkSweep({ world, breaches, carried, telling }, { fact, event });
    for (const failing of failingIn(fact, world)) {
      const { key, reason } = failing;
      if (!ends.isDue(failing)) continue;
      scheduler.after(TOLD_WITHIN, `told of ${key}`, () => {
        if (telling.isHeard(key, reason, from) || telling.isDisturbed(key, reason, from)) return;
        if (!carried.couldBeTold(event) || ends.isOver(failing, { fact, from })) return;
        if (ends.failsOtherwise(failing, from) && telling.isKnown(key, from)) return;
        const at = new Date(from).toISOString();
        breaches.report('not-told', `${key} (${reason}) at ${at}, and nobody was told within two hours`);
      });
    }
  });
}

/** A sweep is remembered as the last one, which is what the alarm of late sweeps goes by. */
function checkSweep(
  { world, breaches, carried, telling }: Parted,
  { fact, event }: { fact: StackEvent; event: object },
): void {
  if (fact.type !== 'Certificates Checked' || fact.detail.start !== 'weekly-sweep') return;
  const { at } = fact.detail;
  const from = world.scheduler.now;
  world.scheduler.after(TOLD_WITHIN, 'a sweep is remembered', () => {
    const { lastSweep = '' } = orNone(world.bucket.get(NOTICES_KEY)?.body, Memory) ?? {};
    if (Date.parse(lastSweep) >= Date.parse(at) || telling.disturbedAt > from) return;
    if (carried.couldBeTold(event))
      breaches.report('sweep-not-remembered', `the sweep of ${at}, the last one known is of ${lastSweep}`);
  });
}

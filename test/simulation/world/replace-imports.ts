import { DAY, HOUR } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import type { World } from './world.ts';

/** What ACM does not take in the place of what it has, people delete there, as the mail says; the next check imports anew. */
export function letReplaceImports(world: World, random: Random): void {
  const { acm, bus, trace } = world;
  const asked = new Set<string>();
  bus.onFact.push((fact) => {
    if (fact.type !== 'Certificate Import Failed' || fact.detail.reason !== 'acm-refuses-replacement') return;
    const { name, region } = fact.detail;
    const found = acm.find(region, name);
    if (found === undefined || asked.has(found)) return;
    asked.add(found);
    world.restoreLater(random.spread(HOUR, 3 * DAY), `ACM import ${found}`, () => {
      acm.imports.delete(found);
      trace.note(`people delete ${found}`);
    });
  });
}

import { DAY, HOUR } from '../engine/durations.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import type { Opportunities } from './opportunities.ts';
import { isWanted } from './pointer-checks.ts';
import type { Telling } from './telling-checks.ts';

const NEEDED = ['s3', 'route53', 'dns', 'ca', 'bus'] as const;

/** A forced renewal comes, or people hear why not. */
export function checkForced({
  world,
  breaches,
  opportunities,
  telling,
}: {
  world: World;
  breaches: Breaches;
  opportunities: Opportunities;
  telling: Telling;
}): void {
  const { bus, faults, queues, scheduler } = world;
  const touched = new Map<string, number>();
  world.bucket.onChange.push(({ key, by }) => {
    const [folder, name = ''] = key.split(/[/.]/);
    if (by === 'somebody' && folder !== 'aside') touched.set(name, scheduler.now);
  });
  const judge = (name: string, { replacing, from }: { replacing: string | null; from: number }) => {
    const isRenewed = pointerOf(world, name)?.version !== replacing;
    const wasChanged =
      (world.wantedSince.get(name) ?? 0) > from - HOUR || (touched.get(name) ?? 0) > from - HOUR;
    // Nothing is told twice a day.
    const isTold = telling.isToldSince(`renewal ${name}`, from - DAY);
    const isDead = queues.renew.dead.some(({ body }) => JSON.stringify(body).includes(`"${name}"`));
    if (isRenewed || wasChanged || isTold || isDead || !isWanted(world, name)) return;
    if (faults.rate('bus.loses') > 0) return;
    const span = { from, until: scheduler.now };
    if (opportunities.longestClear(name, span, NEEDED) >= 30 * HOUR)
      breaches.report('forced-renewal-lost', `${name}: still ${replacing} 40 hours after it was forced`);
  };
  bus.onFact.push((fact) => {
    if (fact.type !== 'Renewal Due') return;
    const from = scheduler.now;
    for (const { name, reason, replacing } of fact.detail.certificates)
      if (reason === 'forced')
        scheduler.after(40 * HOUR, `forced ${name}`, () => judge(name, { replacing, from }));
  });
}

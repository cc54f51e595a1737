import { HOUR } from '../engine/durations.ts';
import { pointerOf } from '../world/stored.ts';
import type { Parts } from './parts.ts';
import { isWanted } from './pointer-checks.ts';

/** Runs that fail by themselves, and changes of groups that wait for something that has nothing to do with them. */
export function checkRuns({ world, breaches, opportunities }: Parts): void {
  world.lambda.onEnd.push((ending, { functionName, hits, id }) => {
    if (hits.length > 0 || ending.how === 'ended' || functionName === 'revoke') return;
    // Its message comes back, and is told of when it cannot be handled.
    if (ending.how === 'failed' && String(ending.error).startsWith('ForcedLeftError')) return;
    const why = ending.how === 'failed' ? String(ending.error) : ending.why;
    breaches.report(`${functionName}-fails-by-itself`, `${id}: ${why}`);
  });
  world.onWanted.push((name, file) => {
    if (!file) return;
    const from = world.scheduler.now;
    world.scheduler.after(40 * HOUR, `groups of ${name}`, () => {
      const pointer = pointerOf(world, name);
      const now = world.files.get(name);
      if (!pointer || !now || !isWanted(world, name) || (world.wantedSince.get(name) ?? 0) > from) return;
      const shown = [...pointer.hosts].sort().join();
      const wanted = [...(now.hosts as string[])].sort().join();
      const span = { from, until: world.scheduler.now };
      if (shown !== wanted && opportunities.longestClear(name, span, ['s3', 'bus']) >= 30 * HOUR)
        breaches.report(
          'groups-wait',
          `${name}: the pointer says ${shown || 'none'}, the file ${wanted || 'none'}`,
        );
    });
  });
}

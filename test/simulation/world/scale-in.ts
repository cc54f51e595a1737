import { HOUR } from '../engine/durations.ts';
import type { World } from './world.ts';

const MOST = 4;

/** A group does not grow for ever: where a host is launched into a full one, its oldest goes some hours later. */
export function scaleIn({ fleet, scheduler, trace }: World): void {
  fleet.onLaunch.push(({ group }) => {
    const oldest = () => [...fleet.hosts.values()].filter((host) => host.group === group);
    if (oldest().length < MOST) return;
    scheduler.after(6 * HOUR, `scale in ${group}`, () => {
      const [first, ...others] = oldest();
      if (!first || others.length < MOST) return;
      trace.note(`${first.instanceId} of ${group} goes: it has ${others.length} younger ones`);
      fleet.terminate(first);
    });
  });
}

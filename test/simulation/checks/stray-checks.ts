import { HOUR } from '../engine/durations.ts';
import type { Parts } from './parts.ts';

/** What the hourly check lists. */
const LISTED = /^(renewal|pending|state|live|hosts|acm|revoked)\//;

/** An object that nobody can use is told of within two hours, where events get lost within a day, in whatever words. */
export function checkStrays({ world, breaches, opportunities }: Parts): void {
  const { bucket, faults, outages, scheduler } = world;
  const unheard = new Set<string>();
  world.mails.onMail.push(({ text }) => {
    for (const key of unheard) if (text.includes(key)) unheard.delete(key);
  });
  bucket.onChange.push(({ key, before, after, by }) => {
    if (by !== 'somebody' || before || after?.body !== 'stray' || !LISTED.test(key)) return;
    const from = scheduler.now;
    unheard.add(key);
    const isSlow = faults.rate('bus.loses') + faults.rate('bus.late') + faults.rate('schedule.misses') > 0;
    const wait = isSlow ? 26 * HOUR : 2 * HOUR;
    scheduler.after(wait, `told of ${key}`, () => {
      if (!unheard.delete(key) || !bucket.get(key) || !faults.on) return;
      const wasDisturbed =
        (!isSlow &&
          ['scan', 'notify'].some((name) => (opportunities.lastHit.get(name) ?? 0) >= from - HOUR)) ||
        outages.past.some(({ port, until }) => ['s3', 'bus', 'mail'].includes(port) && until >= from);
      if (!wasDisturbed) breaches.report('stray-not-told', `${key} is there for ${wait / HOUR} hours`);
    });
  });
}

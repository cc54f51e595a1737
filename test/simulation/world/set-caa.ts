import { isAtOrBelow } from '../../../lib/foundation/certificate/domain-name.ts';
import { HOUR } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import type { World } from './world.ts';

/** What a mail tells of a renewal that CAA keeps from being ordered, and the line that it asks for. */
const REMEDY = /^(\S+) is not renewed\n.*?; add (\d+ issue(?:wild)? "[^"]+") at (\S+) \(caa-/s;

/** Within a day people set in CAA what a mail asks for, where a file says that we only check it. */
export function letSetCaa(world: World, random: Random): void {
  const asked = new Set<string>();
  world.mails.onMail.push(({ text }) => {
    for (const part of text.split('\n\n')) {
      const [, name = '', value = '', at = ''] = REMEDY.exec(part) ?? [];
      const caa = world.files.get(name)?.caa as { mode?: string } | undefined;
      const wish = `${at} ${value}`;
      if (caa?.mode !== 'check' || asked.has(wish)) continue;
      asked.add(wish);
      world.restoreLater(random.spread(HOUR, 24 * HOUR), `CAA of ${at}`, () => {
        asked.delete(wish);
        addCaa(world, at, value);
      });
    }
  });
}

function addCaa({ route53, scheduler, trace }: World, at: string, value: string): void {
  const zone = [...route53.delegated.values()].find(({ name }) => isAtOrBelow(at, name));
  const { ttl = 300, values = [] } = zone?.sets.get(`CAA ${at}`) ?? {};
  if (!zone || values.includes(value)) return;
  trace.note(`people add ${value} at ${at}`);
  zone.overwrite({ name: at, type: 'CAA', ttl, values: [...values, value] }, scheduler.now);
}

import { casOf } from '../../../lib/issuance/ca/rules/ca-list.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import type { World } from './world.ts';

const LEAVE = 'people leave a CA that closed';

/** Some days after the first mail that names a CA which is closed for good, people take it out of the settings and the files. */
export function letLeaveClosedCa(world: World): void {
  const random = world.streams.of(LEAVE);
  let isLeft = false;
  world.mails.onMail.push(({ text }) => {
    const { closed } = world.outages;
    if (isLeft || !closed || !text.includes(closed.ca)) return;
    isLeft = true;
    world.scheduler.after(random.spread(HOUR, 6 * DAY), LEAVE, () => {
      if (!world.faults.on) return;
      world.trace.met(LEAVE);
      world.trace.note(`${LEAVE}: ${closed.ca}`);
      leave(world, closed);
    });
  });
}

function leave(world: World, { ca, from }: { ca: string; from: number }): void {
  const { settings, files } = world;
  const isOpen = (directoryUrl: string) => new URL(directoryUrl).host !== ca;
  const open = world.directories.filter(isOpen);
  const moved = [...files].filter(([, file]) => !casOf(file as { ca?: string[] }, settings).every(isOpen));
  settings.fallbackCas = settings.fallbackCas.filter(isOpen);
  if (!isOpen(settings.defaultCa)) settings.defaultCa = open[0] ?? '';
  settings.fallbackCas = settings.fallbackCas.filter((one) => one !== settings.defaultCa);
  for (const [name, file] of moved) {
    for (const hear of world.onMoved) hear(name, from);
    if (file.ca) world.write(name, { ...file, ca: open });
    else world.wantedSince.set(name, world.scheduler.now);
  }
  world.clockwork?.changed();
}

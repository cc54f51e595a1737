import { HOUR } from '../engine/durations.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import type { Carried } from './carried.ts';

const TOLD_WITHIN = 2 * HOUR;
const OVER = /alarm over: \S+-dead-letters$/;

interface Over {
  event: object;
  told: string[];
}

/** That the dead letters are gone is told within two hours, and once. */
export function checkAlarms({
  world,
  breaches,
  carried,
}: {
  world: World;
  breaches: Breaches;
  carried: Carried;
}): void {
  const overs: Over[] = [];
  world.deadLetterAlarm.onOver.push((event) => {
    const over: Over = { event, told: [] };
    overs.push(over);
    world.scheduler.after(TOLD_WITHIN, 'told that the alarm is over', () => {
      overs.splice(overs.indexOf(over), 1);
      if (over.told.length === 0 && carried.couldBeTold(event))
        breaches.report(
          'alarm-over-not-told',
          'the dead letters are gone, and nobody was told within two hours',
        );
      if (over.told.length > 1)
        breaches.report('told-twice', `the dead letters are gone, by ${over.told.join(' and ')}`);
    });
  });
  world.mails.onMail.push(({ subject, by, isAfterDeath = false }) => {
    if (OVER.test(subject) && !isAfterDeath) overs.at(0)?.told.push(by);
  });
  // What it has sent it sends again: its messages come back.
  world.lambda.onEnd.push(({ how }, { id }) => {
    if (how !== 'ended') for (const over of overs) over.told = over.told.filter((by) => by !== id);
  });
}

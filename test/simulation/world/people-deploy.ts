import { DAY, HOUR, MINUTE } from '../engine/durations.ts';
import { type Happening, happening } from './life.ts';
import { writeAsNewer } from './mischief-bucket.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'];
const TAKEN_BACK = 0.3;

/** What people change in the stack's settings, and how a deploy goes back. */
export const PEOPLE_WHO_DEPLOY: readonly Happening[] = [
  happening('give a group windows', [0.5, 4], (world, random) => {
    const group = random.pick(world.settings.hostGroups);
    const from = random.whole(0, 21);
    const hours = [from, from + 2].map((hour) => `${String(hour).padStart(2, '0')}:00`).join('-');
    const today = new Date(world.scheduler.now).toISOString().slice(0, 10);
    const until = new Date(world.scheduler.now + random.spread(DAY, 30 * DAY)).toISOString().slice(0, 10);
    const times = {
      ...(random.chance(0.7) && { window: [`Mon-Sun ${hours} ${random.pick(ZONES)}`] }),
      ...(random.chance(0.4) && { freeze: [`${today}/${until} ${random.pick(ZONES)}`] }),
    };
    const { window, freeze, ...others } = group;
    world.settings.hostGroups = world.settings.hostGroups.map((one) =>
      one.name === group.name ? { ...others, ...times } : one,
    );
    world.restoreLater(30 * DAY, `freeze of ${group.name}`, () => {
      world.settings.hostGroups = world.settings.hostGroups.map((one) => {
        const { freeze: over, ...left } = one;
        return one.name === group.name ? left : one;
      });
    });
    world.clockwork?.changed();
    return `${group.name} ${JSON.stringify(times)}`;
  }),
  happening('deploy other settings', [0.2, 2], (world, random) => {
    const { settings, scheduler } = world;
    const { ordersPerRun, fallbackCas } = settings;
    settings.ordersPerRun = random.pick([3, 20, 100]);
    settings.fallbackCas = random.chance(0.5) ? world.directories.slice(1) : [];
    world.clockwork?.changed();
    // CloudFormation takes the deploy back, with the release that it had begun to bring; what that has written stays.
    if (random.chance(TAKEN_BACK))
      scheduler.after(random.spread(2 * MINUTE, HOUR), 'a deploy is taken back', () => {
        Object.assign(settings, { ordersPerRun, fallbackCas });
        world.clockwork?.changed();
        world.trace.met('people roll a deploy back');
        world.trace.note(`the deploy is taken back; ${writeAsNewer(world, random) ?? 'nothing'} was written`);
      });
    return `ordersPerRun ${settings.ordersPerRun}, ${settings.fallbackCas.length} fallback CAs`;
  }),
];

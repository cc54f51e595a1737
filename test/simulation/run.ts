import { checkAlarms } from './checks/alarm-checks.ts';
import { Breaches } from './checks/broken.ts';
import { checkCas } from './checks/ca-checks.ts';
import { checkCaa } from './checks/caa-checks.ts';
import { Carried } from './checks/carried.ts';
import { checkClaims } from './checks/claim-checks.ts';
import { checkDns } from './checks/dns-checks.ts';
import { checkEnd } from './checks/end-checks.ts';
import { checkEndOfHosts } from './checks/end-host-checks.ts';
import { checkEvents } from './checks/event-checks.ts';
import { checkFailing } from './checks/failing-checks.ts';
import { checkForced } from './checks/forced-checks.ts';
import { checkHosts } from './checks/host-checks.ts';
import { checkKeys } from './checks/key-checks.ts';
import { checkLimits } from './checks/limit-checks.ts';
import { checkLocks } from './checks/lock-checks.ts';
import { Opportunities } from './checks/opportunities.ts';
import { checkPointers } from './checks/pointer-checks.ts';
import { checkRuns } from './checks/run-checks.ts';
import { checkSecrets } from './checks/secret-checks.ts';
import { checkServing } from './checks/serving-checks.ts';
import { checkStrays } from './checks/stray-checks.ts';
import { checkSuggestions } from './checks/suggestion-checks.ts';
import { Sweeps } from './checks/sweeps.ts';
import { checkTelling } from './checks/telling-checks.ts';
import { checkAllClears, checkUnwanted } from './checks/trouble-checks.ts';
import { checkTries } from './checks/try-checks.ts';
import { checkWhole } from './checks/whole-checks.ts';
import { checkWindows } from './checks/window-checks.ts';
import { checkWishes } from './checks/wish-checks.ts';
import { HOUR, YEAR } from './engine/durations.ts';
import type { Heaviness } from './engine/faults.ts';
import { closeOutside } from './engine/outside.ts';
import { recordLives } from './picture/record-lives.ts';
import { letTimingBeBad } from './world/bad-timing.ts';
import { Clockwork } from './world/clockwork.ts';
import { SITES } from './world/fault-sites.ts';
import { letLive } from './world/life.ts';
import { BUCKET_MISCHIEF } from './world/mischief-bucket.ts';
import { OTHER_MISCHIEF } from './world/mischief-others.ts';
import { ZONE_MISCHIEF } from './world/mischief-zones.ts';
import { GROUPS } from './world/names.ts';
import { PEOPLE } from './world/people.ts';
import { PEOPLE_WHO_DEPLOY } from './world/people-deploy.ts';
import { followPins } from './world/people-go-back.ts';
import { PEOPLE_IN_TROUBLE } from './world/people-in-trouble.ts';
import { letReact } from './world/reactions.ts';
import { scaleIn } from './world/scale-in.ts';
import { countSituations } from './world/situations.ts';
import { recordIssued } from './world/stored.ts';
import { drawFile } from './world/wanted.ts';
import { World } from './world/world.ts';

export interface RunOptions {
  seed: bigint;
  years: number;
  certificates: number;
  heaviness: Heaviness;
  until: number | undefined;
  show: ((line: string) => void) | undefined;
  /** Told what the run has drawn, before it begins. */
  drawn?: (faults: readonly string[]) => void;
  /** The faults that happen, of those that the seed has drawn; all when absent. */
  only?: readonly string[] | undefined;
}

/** After the faults have stopped. */
const SETTLED = 26 * HOUR;
const START = Date.parse('2026-11-20T00:00:00Z');

export type Outcome = Awaited<ReturnType<typeof run>>;

/** One seed, from its first day to the end of its second phase. */
export async function run(options: RunOptions) {
  const begun = process.cpuUsage();
  const { seed, years, certificates, heaviness, only } = options;
  const world = new World({ seed, start: START, heaviness, only });
  world.trace.show = options.show;
  closeOutside(true);
  world.usual = certificates;
  scaleIn(world);
  recordIssued(world);
  followPins(world);
  countSituations(world);
  const lives = recordLives(world);
  const clockwork = new Clockwork(world);
  world.clockwork = clockwork;
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  const opportunities = new Opportunities(world);
  const parts = { world, breaches, opportunities };
  const pointers = checkPointers(parts);
  checkDns(world, breaches);
  checkCas(parts);
  checkLimits(parts);
  checkClaims(parts);
  checkLocks(parts);
  checkRuns(parts);
  checkHosts(parts);
  checkServing(parts);
  checkWindows(parts);
  checkKeys(parts);
  checkStrays(parts);
  checkSecrets(parts);
  checkTries(parts);
  const sweeps = new Sweeps(parts);
  const caa = checkCaa({ ...parts, sweeps });
  const suggestions = checkSuggestions(parts);
  const telling = checkTelling(parts);
  const carried = new Carried(world);
  checkFailing({ ...parts, carried, telling });
  checkAlarms({ ...parts, carried });
  checkEvents(parts);
  checkAllClears({ world, breaches, telling });
  checkUnwanted(parts);
  checkForced({ ...parts, telling });
  for (const [site, rates] of Object.entries(SITES))
    world.faults.draw(site, world.streams.of('sites'), rates);
  world.outages.begin(world.cas.map(({ host }) => host));
  letLive(world, [
    ...PEOPLE,
    ...PEOPLE_WHO_DEPLOY,
    ...BUCKET_MISCHIEF,
    ...ZONE_MISCHIEF,
    ...OTHER_MISCHIEF,
    ...PEOPLE_IN_TROUBLE,
  ]);
  letReact(world);
  letTimingBeBad(world);
  options.drawn?.(world.faults.told);
  const random = world.streams.of('people');
  for (const group of GROUPS)
    for (let host = random.whole(1, 3); host > 0; host -= 1) world.fleet.launch(group);
  clockwork.begin();
  for (let index = 0; index < certificates; index += 1) {
    const file = drawFile(
      random,
      index,
      world.cas.map(({ directoryUrl }) => directoryUrl),
    );
    world.write(`cert${index}`, file);
  }
  const end = START + years * YEAR;
  const until = options.until ?? Number.POSITIVE_INFINITY;
  await world.scheduler.runUntil(Math.min(until, end));
  if (until > end) {
    world.stopFaults();
    await world.scheduler.runUntil(Math.min(until, end + SETTLED));
  }
  const commits = pointers.commits();
  if (until > end + SETTLED) {
    checkEnd({ world, breaches, telling, opportunities, sweeps });
    checkEndOfHosts(world, breaches);
    checkWishes(parts);
    caa.judge();
    suggestions.judge();
    checkWhole({ world, breaches, commits });
  }
  closeOutside(false);
  const { user, system } = process.cpuUsage(begun);
  const cpuSeconds = (user + system) / 1e6;
  return {
    world,
    clockwork,
    lives,
    span: { from: START, until: end },
    breaches,
    commits,
    digest: world.trace.digest(),
    cpuSeconds,
  };
}

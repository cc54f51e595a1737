import { pairMatches } from './invariants.ts';
import { armKill, KILL_POINTS, type KillPoint } from './kill-points.ts';
import type { Subject } from './subject.ts';
import type { World } from './world.ts';

export interface KillCounts {
  point: string;
  kills: number;
  mismatchedPairs: number;
  lostKeys: number;
  extraCertificates: number;
  /** Renewals that the next check did not end. */
  unfinished: number;
}

const MAX_DELAY_MS = 40;
/** At each point; less with an option of `npm run faults`, to see it work. */
export const KILL_RUNS = 25;
/** A renewal function's process at each of these at once: see maximumConcurrency in serverless.yml. */
const AT_ONCE = 25;

/** Kills `runs` renewals at each point, lets the next worker and the next check go on, and counts what went wrong. */
export async function killEverywhere(world: World, runs: number): Promise<KillCounts[]> {
  const all: KillCounts[] = [];
  for (const point of KILL_POINTS) {
    const counts = await killAt(world, point, runs);
    world.say(summary([counts]).text.replace('1 points', `${point.side} ${point.phase}`));
    all.push(counts);
  }
  return all;
}

export function summary(counts: readonly KillCounts[]): { text: string; wrong: number } {
  const sum = (key: Exclude<keyof KillCounts, 'point'>) => counts.reduce((total, one) => total + one[key], 0);
  const [pairs, keys, extra] = [sum('mismatchedPairs'), sum('lostKeys'), sum('extraCertificates')];
  const unfinished = sum('unfinished');
  const text = `${counts.length} points, ${sum('kills')} kills: ${pairs} mismatched pairs, ${keys} lost keys, ${extra} extra certificates`;
  return {
    text: unfinished > 0 ? `${text}, ${unfinished} unfinished` : text,
    wrong: pairs + keys + extra + unfinished,
  };
}

async function killAt(world: World, point: KillPoint, runs: number): Promise<KillCounts> {
  const subjects: Subject[] = [];
  let kills = 0;
  for (let done = 0; done < runs; done += AT_ONCE) {
    const wave: Subject[] = [];
    for (let run = done; run < Math.min(runs, done + AT_ONCE); run += 1)
      wave.push(await world.subject({ hasCompany: run % 2 === 0 }));
    const killed = wave.map((subject, index) =>
      armKill(world, point, {
        subject,
        delayMs: world.random() * MAX_DELAY_MS,
        hasCompany: index % 2 === 0,
      }),
    );
    await world.backDoor.renewAtOnce(wave);
    await world.line.idle();
    kills += killed.filter((wasKilled) => wasKilled()).length;
    world.clearFaults();
    world.expireLeases(wave);
    await world.scan();
    subjects.push(...wave);
  }
  return { point: `${point.side} ${point.phase}`, kills, ...(await countWrong(world, subjects)) };
}

async function countWrong(world: World, subjects: readonly Subject[]) {
  const wrong = { mismatchedPairs: 0, lostKeys: 0, extraCertificates: 0, unfinished: 0 };
  for (const subject of subjects) {
    const issued = await world.certificatesOf(subject);
    wrong.extraCertificates += Math.max(0, issued.length - subject.renewals);
    const pointer = await world.line.pointer(subject.name);
    wrong.lostKeys += issued.filter(({ serial }) => !isSame(serial, pointer?.serial)).length;
    if (pointer === undefined) {
      wrong.unfinished += 1;
      const { reason = 'nothing remembered', message = '' } = (await world.state(subject))?.lastFailure ?? {};
      world.say(`${subject.name} has no certificate yet: ${reason} ${message}`);
    } else if (!(await isPair(world, subject))) wrong.mismatchedPairs += 1;
  }
  return wrong;
}

/** A certificate that is issued and not live has no key that anybody would find. */
function isSame(issued: string, live: string | undefined): boolean {
  return live !== undefined && BigInt(`0x${issued}`) === BigInt(`0x${live}`);
}

async function isPair(world: World, subject: Subject): Promise<boolean> {
  try {
    return await pairMatches(world, subject);
  } catch {
    return false;
  }
}

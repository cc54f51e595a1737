import { pairMatches } from './invariants.ts';
import { armKill, KILL_POINTS, type KillPoint } from './kill-points.ts';
import type { Subject } from './subject.ts';
import type { World } from './world.ts';

export interface KillCounts {
  point: string;
  kills: number;
  /** Renewals that nobody killed: they ended before the point, or their process was not found. */
  notKilled: number;
  mismatchedPairs: number;
  lostKeys: number;
  extraCertificates: number;
  /** Renewals that the next check did not end. */
  unfinished: number;
}

const MAX_DELAY_MS = 40;
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
  const [unfinished, notKilled] = [sum('unfinished'), sum('notKilled')];
  const text = `${counts.length} points, ${sum('kills')} kills: ${pairs} mismatched pairs, ${keys} lost keys, ${extra} extra certificates`;
  const others = Object.entries({ unfinished, 'not killed': notKilled }).filter(([, count]) => count > 0);
  return {
    text: [text, ...others.map(([what, count]) => `${count} ${what}`)].join(', '),
    wrong: pairs + keys + extra + unfinished + notKilled,
  };
}

async function killAt(world: World, point: KillPoint, runs: number): Promise<KillCounts> {
  const subjects: Subject[] = [];
  let notKilled = 0;
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
    const spared = wave.filter((_, index) => !killed[index]?.());
    for (const subject of spared) world.say(`${subject.name} was not killed: ${said(world, subject)}`);
    notKilled += spared.length;
    world.clearFaults();
    world.expireLeases(wave);
    await world.scan();
    subjects.push(...wave);
  }
  const counts = { kills: runs - notKilled, notKilled };
  return { point: `${point.side} ${point.phase}`, ...counts, ...(await countWrong(world, subjects)) };
}

/** What workers told of a certificate. */
function said({ line }: World, { name }: Subject): string {
  const told = line
    .outcomes(name)
    .map(({ outcome, reason, message }) =>
      [outcome, reason, message].filter((part) => part !== undefined).join(' '),
    );
  return told.join('; ') || 'its workers said nothing';
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
      world.say(`${subject.name} has no certificate yet: ${said(world, subject)}`);
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
  } catch (error) {
    world.say(`${subject.name} is no pair: ${error}`);
    return false;
  }
}

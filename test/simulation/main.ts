import { writeFileSync } from 'node:fs';
import type { Breach } from './checks/broken.ts';
import { DAY } from './engine/durations.ts';
import { type Options, parseOptions, replayOf } from './options.ts';
import { drawLives } from './picture/draw-lives.ts';
import { type Outcome, run } from './run.ts';
import { shrink } from './shrink.ts';
import { SITUATIONS } from './world/situations.ts';

const LAST_SHOWN = 25;

/** `npm run simulate`: runs seeds, each twice, and tells what broke; its last line begins with `simulate:`. */
async function main(words: readonly string[]): Promise<number> {
  const options = parseOptions(words);
  const totals = { calls: 0, crashes: 0, broken: 0 };
  const met = new Map<string, number>();
  let ran = 0;
  let isStopped = false;
  // A run of many seeds takes hours: whoever stops it hears what there was, after the seed that is under way.
  process.once('SIGINT', () => {
    isStopped = true;
  });
  for (const seed of options.seeds) {
    if (isStopped) break;
    const { outcome, isSame } = await runTwice(seed, options);
    ran += 1;
    totals.calls += outcome.world.calls.made;
    totals.crashes += outcome.world.lambda.crashes;
    totals.broken += outcome.breaches.first.size + (isSame ? 0 : 1);
    for (const [what, count] of outcome.world.trace.counts) met.set(what, (met.get(what) ?? 0) + count);
    tell(seed, outcome, { isSame, options });
    if (options.stops && totals.broken > 0) break;
    if (options.picture) draw(seed, outcome, options.picture);
    if (options.shrinks) await tellShrunk(seed, outcome, options);
  }
  const known = new Set(SITUATIONS);
  const others = [...met].filter(([what]) => !known.has(what));
  const situations = others.sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${what} ${count}`);
  console.log(`met: ${situations.join(', ')}`);
  if (ran > 1) tellSituations(met);
  const years = Number((options.years * ran).toFixed(1));
  console.log(
    `simulate: ${ran} seeds, ${years} years, ${Math.round(years * options.certificates)} certificate years, ` +
      `${totals.calls} calls, ${totals.crashes} crashes, ${totals.broken} broken`,
  );
  return totals.broken === 0 ? 0 : 1;
}

async function runTwice(seed: bigint, options: Options): Promise<{ outcome: Outcome; isSame: boolean }> {
  const show = options.showsTrace ? (line: string) => console.log(line) : undefined;
  const drawn = (faults: readonly string[]) =>
    console.log(`seed ${seed} draws: ${faults.join(', ') || 'no faults'}`);
  const outcome = await run({ ...options, seed, show, drawn });
  if (options.once || options.showsTrace) return { outcome, isSame: true };
  const again = await run({ ...options, seed, show: undefined });
  return { outcome, isSame: again.digest === outcome.digest };
}

/** How often each came, and at last those that no seed came to. */
function tellSituations(met: ReadonlyMap<string, number>): void {
  console.log('situations:');
  for (const name of SITUATIONS)
    if (met.has(name)) console.log(`  ${String(met.get(name)).padStart(7)}  ${name}`);
  const never = SITUATIONS.filter((name) => !met.has(name));
  console.log(`  never: ${never.join('; ') || 'none'} (${never.length} of ${SITUATIONS.length})`);
}

function draw(seed: bigint, { lives, span, commits }: Outcome, file: string): void {
  const days = Math.round((span.until - span.from) / DAY);
  const title = `Seed ${seed}: ${lives.versions.size} certificates, ${days} days, ${commits} renewals, ${lives.mails.length} mails`;
  writeFileSync(file, drawLives(lives, { ...span, title }));
}

async function tellShrunk(seed: bigint, { breaches, world }: Outcome, options: Options): Promise<void> {
  for (const check of breaches.first.keys()) {
    const fails = async (only: readonly string[]) => {
      const { breaches } = await run({ ...options, seed, show: undefined, only });
      return breaches.first.has(check);
    };
    const needed = await shrink(world.faults.sites, fails);
    console.log(`  ${check} needs only: ${needed.join(', ') || 'no fault'}`);
  }
}

function tell(
  seed: bigint,
  { world, clockwork, breaches, digest, commits, cpuSeconds }: Outcome,
  { isSame, options }: { isSame: boolean; options: Options },
): void {
  const issued = world.cas.reduce((sum, { issued }) => sum + issued.size, 0);
  const at = new Date(world.scheduler.now).toISOString().slice(0, 10);
  console.log(
    `seed ${seed}: to ${at}, ${commits} renewals, ${issued} issued, ${world.calls.made} calls, ${world.lambda.crashes} crashes, ` +
      `${clockwork.checks} checks (${clockwork.skipped} passed over), ${world.mails.count} mails, ${world.bucket.count} objects, trace ${digest}, ${cpuSeconds.toFixed(1)} s`,
  );
  if (!isSame) console.log(`  BROKEN deterministic: the second run of seed ${seed} left another trace`);
  for (const breach of breaches.first.values()) tellBreach(seed, breach, options);
}

function tellBreach(seed: bigint, { check, at, what, last }: Breach, options: Options): void {
  const instant = new Date(at).toISOString();
  console.log(`  BROKEN ${check} at ${instant}: ${what}`);
  for (const line of last.slice(-LAST_SHOWN)) console.log(`      ${line}`);
  console.log(`    again: npm run simulate -- ${replayOf(seed, at, options)}`);
}

process.exitCode = await main(process.argv.slice(2));

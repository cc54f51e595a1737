import { Listr } from 'listr2';
import { probeHosts, renewOnBrokenHost, repairHost } from './demo/break-host.ts';
import { type HostState, hostStates } from './demo/host-states.ts';
import { hostTableOf } from './demo/host-table.ts';
import { collectRows, complaintsAboutDns, type Row } from './demo/results.ts';
import { type Demo, putRenewalFiles, seedBucket, startScenario } from './demo/scenario.ts';
import { tableOf } from './demo/table.ts';
import { type Decision, type WatchedLine, watchLine } from './demo/watch-line.ts';
import { readOptions } from './read-options.ts';
import { SetupError } from './setup/setup-error.ts';
import { ensurePrograms, ensureSetup } from './setup.ts';

/** A machine that is busy with other things takes its time. */
const IDLE_LIMIT_MS = 170_000;
const startedAt = Date.now();

/** `npm run demo`: the main job on this machine, from the weekly event to the served certificate, and what a broken host does. */
async function main({ withoutHosts }: { withoutHosts: boolean }): Promise<boolean> {
  await (withoutHosts ? ensurePrograms : ensureSetup)((line) => console.log(`set-up: ${line}`));
  let scenario: Omit<Demo, 'bucket'> | undefined;
  try {
    const started = await step(
      `Start the local cloud: AWS, a CA, DNS, ${withoutHosts ? 'no hosts' : 'two hosts with Nginx in a container'}`,
      (say) => startScenario(say, { withoutHosts }),
    );
    scenario = started;
    const bucket = await step('Deploy with serverless deploy', async () => {
      await started.cloud.deploy();
      return seedBucket(started);
    });
    const demo: Demo = { ...started, bucket };
    const watched = watchLine(demo.cloud);
    const before = await hostStates(demo);
    const sayTotal = (lines: readonly string[]) =>
      console.log(`\ndemo: ${lines.join(', ')}, in ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
    const decisions = await step('Run the weekly sweep', (say) => {
      watched.say = say;
      return sweep(demo, watched);
    });
    const renewed = await concludeRenewals(demo, decisions);
    if (withoutHosts) {
      sayTotal([renewed.line]);
      return renewed.isGood;
    }
    const healed = await breakAndHeal(demo, before, watched);
    sayTotal([renewed.line, healed.line]);
    return renewed.isGood && healed.isGood;
  } finally {
    await scenario?.cloud.stop();
  }
}

/** Puts the renewal files in, which starts the line, and fires the weekly schedule on top. */
async function sweep(demo: Demo, { decisions }: WatchedLine): Promise<Decision[]> {
  await putRenewalFiles(demo);
  await demo.cloud.fireSchedule((expression) => expression.startsWith('cron'));
  await demo.cloud.idle(IDLE_LIMIT_MS);
  return [...decisions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Conclusion {
  line: string;
  isGood: boolean;
}

async function concludeRenewals(demo: Demo, decisions: readonly Decision[]): Promise<Conclusion> {
  const rows = await collectRows(demo, decisions);
  const complaints = await complaintsAboutDns(demo);
  console.log(`\n${tableOf(rows)}`);
  for (const { name, message } of rows) if (message) console.log(`${name}: ${message}`);
  for (const complaint of complaints) console.log(`DNS: ${complaint}`);
  if (complaints.length === 0)
    console.log("DNS: other people's TXT and CAA values are all there, none of our TXT values is left");
  console.log();
  const count = (matches: (row: Row) => boolean) => rows.filter(matches).length;
  const renewed = count(
    ({ action, newNotAfter, oldNotAfter }) =>
      action === 'renew' && newNotAfter !== undefined && newNotAfter !== oldNotAfter,
  );
  const served = count((row) => row.served);
  const hasHosts = demo.hosts.length > 0;
  const seen = hasHosts ? `${served} served` : 'without hosts';
  return {
    line: `${renewed} renewed, ${count(({ action }) => action === 'wait')} not due, ${count(({ action }) => action === 'reject')} rejected, ${seen}`,
    isGood: renewed === 2 && (served === 2 || !hasHosts) && complaints.length === 0,
  };
}

/** Breaks Nginx on one host, renews, repairs it; beside it both hosts are asked over TLS all the time. */
async function breakAndHeal(
  demo: Demo,
  before: readonly HostState[],
  watched: WatchedLine,
): Promise<Conclusion> {
  const after = await hostStates(demo);
  const swept = { title: 'the weekly sweep', before, after };
  const stopProbe = probeHosts(demo);
  const { chapter: broken, repair } = await step(
    'Break nginx.conf on the host that goes first, and force a renewal',
    (say) => {
      watched.say = say;
      return renewOnBrokenHost(demo, after);
    },
  );
  const healed = await step('Repair it, and run the hourly check', (say) => {
    watched.say = say;
    return repairHost(demo, { before: broken.after, repair });
  });
  const { asked, failures } = await stopProbe();
  console.log(`\n${hostTableOf([swept, broken, healed])}`);
  console.log(
    `TLS: both hosts were asked ${asked} times meanwhile, ${failures.length} without a valid certificate`,
  );
  for (const failure of failures.slice(0, 3)) console.log(failure);
  const [old, kept, now] = [after, broken.after, healed.after].map(onlySerial);
  const isKept = kept !== undefined && kept === old;
  const isHealed = now !== undefined && now !== old;
  return {
    line: `${isKept ? 'rolled back' : 'NOT rolled back'} on the broken host, ${isHealed ? 'healed' : 'NOT healed'} after its repair`,
    isGood: isKept && isHealed && failures.length === 0 && healed.after.every(({ isValid }) => isValid),
  };
}

/** The serial that all hosts serve. */
function onlySerial(states: readonly HostState[]): string | undefined {
  const serials = new Set(states.map(({ served }) => served));
  return serials.size === 1 ? states[0]?.served : undefined;
}

/** Runs one step with its progress on the terminal. */
async function step<Result>(
  title: string,
  work: (say: (line: string) => void) => Promise<Result>,
): Promise<Result> {
  const results: Result[] = [];
  const task = new Listr([
    {
      title,
      task: async (_, shown) => {
        results.push(await work((line) => (shown.output = line)));
      },
      rendererOptions: { outputBar: 8, persistentOutput: true },
    },
  ]);
  await task.run();
  return results[0] as Result;
}

try {
  process.exitCode = (await main(readOptions('npm run demo'))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}

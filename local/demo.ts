import { Listr } from 'listr2';
import { collectRows, complaintsAboutDns, type Row } from './demo/results.ts';
import { type Demo, putRenewalFiles, seedBucket, startScenario } from './demo/scenario.ts';
import { tableOf } from './demo/table.ts';
import { type Decision, watchLine } from './demo/watch-line.ts';
import { SetupError } from './setup/setup-error.ts';

const IDLE_LIMIT_MS = 30_000;
const startedAt = Date.now();

/** `npm run demo`: the main job on this machine, from the weekly event to the served certificate. */
async function main(): Promise<boolean> {
  let scenario: Omit<Demo, 'bucket'> | undefined;
  try {
    const started = await step(
      'Start the local cloud: AWS, a CA, DNS, two hosts with Nginx in a container',
      startScenario,
    );
    scenario = started;
    const bucket = await step('Deploy with serverless deploy', async () => {
      await started.cloud.deploy();
      return seedBucket(started);
    });
    const demo: Demo = { ...started, bucket };
    const decisions = await step('Run the weekly sweep', (say) => sweep(demo, say));
    return await conclude(demo, decisions);
  } finally {
    await scenario?.cloud.stop();
  }
}

/** Puts the renewal files in, which starts the line, and fires the weekly schedule on top. */
async function sweep(demo: Demo, say: (line: string) => void): Promise<Decision[]> {
  const decisions = watchLine(demo.cloud, say);
  await putRenewalFiles(demo.bucket);
  await demo.cloud.fireSchedule((expression) => expression.startsWith('cron'));
  await demo.cloud.idle(IDLE_LIMIT_MS);
  return [...decisions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function conclude(demo: Demo, decisions: readonly Decision[]): Promise<boolean> {
  const rows = await collectRows(demo, decisions);
  const complaints = await complaintsAboutDns(demo);
  console.log(`\n${tableOf(rows)}`);
  for (const { name, message } of rows) if (message) console.log(`${name}: ${message}`);
  for (const complaint of complaints) console.log(`DNS: ${complaint}`);
  if (complaints.length === 0)
    console.log("DNS: other people's TXT and CAA values are all there, none of our TXT values is left");
  const count = (matches: (row: Row) => boolean) => rows.filter(matches).length;
  const renewed = count(
    ({ action, newNotAfter, oldNotAfter }) =>
      action === 'renew' && newNotAfter !== undefined && newNotAfter !== oldNotAfter,
  );
  const served = count((row) => row.served);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `\ndemo: ${renewed} renewed, ${count(({ action }) => action === 'wait')} not due, ${count(({ action }) => action === 'reject')} rejected, ${served} served, in ${seconds} s`,
  );
  return renewed === 2 && served === 2 && complaints.length === 0;
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
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { LocalCloud } from '../../local/cloud.ts';
import { TRUE_CLOCK } from '../../local/lambda/function-clock.ts';
import { startBenchCloud } from '../cloud.ts';
import { createZone } from '../zone.ts';
import { BenchBucket } from './bucket.ts';
import { readDeployed } from './deployed.ts';
import { each, type Measured, type Point, type Points } from './model.ts';
import { type Measure, none, usageMeter } from './usage.ts';

const ZONE = 'example.com';
const BATCHES = [1, 10];
const PROPAGATION_MS = 30_000;
const HOUR_MS = 3_600_000;
const LOOKS = 20;
const HOST = { id: 'i-00000000000000001', tags: { 'perennial-group': 'web' }, sites: [] };

/** What the functions use for 90-day certificates with one host, from first issue on. `sizes` is how many wait at a check. */
export async function measureUsage(sizes: readonly number[]): Promise<Measured> {
  const cloud = await startBenchCloud({ hosts: [HOST] });
  try {
    await cloud.deploy();
    await createZone(cloud, ZONE);
    const deployed = await readDeployed(cloud);
    const bench = {
      cloud,
      measure: usageMeter(cloud),
      bucket: await BenchBucket.of(cloud),
    };
    const renewal = await measureRenewals(bench);
    const storedBytes = await bench.bucket.bytesOf(nameOf('batch-10', 0));
    const asking = await measureAsking(bench);
    const look = await measureLook(bench);
    const waiting = await measureWaiting(bench, sizes);
    const measuredAt = new Date().toISOString();
    return { measuredAt, ...deployed, storedBytes, renewal, ...asking, look, ...waiting };
  } finally {
    await cloud.stop();
  }
}

interface Bench {
  cloud: LocalCloud;
  measure: Measure;
  bucket: BenchBucket;
}

const nameOf = (start: string, index: number) => `${start}-${index}.${ZONE}`;

/** Issued first, which is not measured; then renewed by force and deployed. */
async function measureRenewals({ cloud, measure, bucket }: Bench): Promise<Points> {
  const points: Point[] = [];
  for (const size of BATCHES) {
    const names = Array.from({ length: size }, (_, index) => nameOf(`batch-${size}`, index));
    for (const name of names) await bucket.want(name, ['web']);
    await measure(() => invoke(cloud, 'scan', { start: 'force', names }));
    cloud.setPropagation(PROPAGATION_MS);
    await cloud.coolDown();
    const usage = await measure(() => invoke(cloud, 'scan', { start: 'force', names }));
    cloud.setPropagation(0);
    points.push({ size, usage });
  }
  return atLeastTwo(points);
}

/** Three checks: the CA is asked about each certificate for the first time, not at all, and again a day later. */
async function measureAsking({ cloud, measure }: Bench): Promise<Pick<Measured, 'firstAsk' | 'ask'>> {
  const count = BATCHES.reduce((so, size) => so + size, 0);
  const check = () => measure(() => invoke(cloud, 'scan', { start: 'hourly-check' }));
  await cloud.coolDown();
  const first = await check();
  await cloud.coolDown();
  const none = await check();
  await cloud.setFunctionClock({ offsetMs: 25 * HOUR_MS, speed: 1 });
  await cloud.coolDown();
  const later = await check();
  await cloud.setFunctionClock(TRUE_CLOCK);
  return { firstAsk: each(count, first, none), ask: each(count, later, none) };
}

/** A function that looks into its queue each minute is warm, and there is nothing most of the time. */
async function measureLook({ cloud, measure }: Bench): Promise<Measured['look']> {
  const look = () => invoke(cloud, 'notify', { look: true });
  await look();
  const usage = await measure(async () => {
    for (let count = 0; count < LOOKS; count += 1) await look();
  });
  return { ...each(LOOKS, usage, none()), messages: 0 };
}

/** More and more certificates that wait; each check, sweep and page with a cold function, and after one that took in what is new. */
async function measureWaiting(
  { cloud, measure, bucket }: Bench,
  sizes: readonly number[],
): Promise<Pick<Measured, 'check' | 'sweep' | 'page'>> {
  let seeded = BATCHES.reduce((so, size) => so + size, 0);
  const points: Record<'check' | 'sweep' | 'page', Point[]> = { check: [], sweep: [], page: [] };
  const runs = [
    ['check', 'scan', { start: 'hourly-check' }],
    ['sweep', 'scan', { start: 'weekly-sweep' }],
    ['page', 'status', { page: true }],
  ] as const;
  for (const size of sizes) {
    await bucket.seed(Array.from({ length: size - seeded }, (_, index) => nameOf('waits', seeded + index)));
    seeded = size;
    await measure(() => invoke(cloud, 'scan', { start: 'hourly-check' }));
    for (const [run, name, event] of runs) {
      await cloud.coolDown();
      points[run].push({ size, usage: await measure(() => invoke(cloud, name, event)) });
    }
  }
  return { check: atLeastTwo(points.check), sweep: atLeastTwo(points.sweep), page: atLeastTwo(points.page) };
}

function atLeastTwo([first, second, ...others]: Point[]): Points {
  if (!first || !second) throw new Error('two sizes at least have to be measured');
  return [first, second, ...others];
}

async function invoke({ endpoint }: LocalCloud, name: string, event: object): Promise<void> {
  const lambda = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: `perennial-local-${name}`, Payload: JSON.stringify(event) }),
  );
  lambda.destroy();
  if (FunctionError) throw new Error(`${name} failed: ${Payload?.transformToString()}`);
}

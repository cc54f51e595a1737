import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { LocalCloud } from '../../local/cloud.ts';
import { BenchBucket } from '../bill/bucket.ts';
import { startBenchCloud } from '../cloud.ts';
import { createZone } from '../zone.ts';
import { averageOf, type PhaseFigures, type Renewal, type WorkFigures, workOf } from './average.ts';
import { type Busy, readBusy } from './cpu-profile.ts';
import { type Phase, phaseAt, type SeenCall, slicesOf } from './phases.ts';
import { deployReadable } from './readable-code.ts';

const ZONE = 'example.com';
const RENEW = 'perennial-local-renew';
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const IDLE_LIMIT_MS = 120_000;
const WRITE_LIMIT_MS = 10_000;

export interface Profile {
  cold: PhaseFigures[];
  /** Of this many, one after another, in one process. */
  warmRuns: number;
  warm: PhaseFigures[];
  work: WorkFigures;
  /** What is asked of S3 for one renewal, warm, in its order: phase, action and object. */
  s3Calls: { phase: Phase; action: string; key: string }[];
}

/**
 * One certificate after another, renewed by force, with whole cores: what is held back would count as work. A phase's CPU
 * is the main thread's by Node's profile; where the kernel counts CPU, it is scaled to what the process used in all its threads.
 */
export async function profileRenew(warmRuns: number): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-profile-'));
  const cloud = await startBenchCloud({ caProxy: true });
  try {
    await cloud.deploy();
    const sourceOf = await deployReadable(cloud, 'renew');
    await createZone(cloud, ZONE);
    const { functions } = cloud.parts.aws;
    functions.limitCpu(false);
    const bucket = await BenchBucket.of(cloud);
    // Each is renewed once: five of the same names in a week are all that a CA gives.
    const names = Array.from({ length: warmRuns + 1 }, (_, index) => `profile-${index}.${ZONE}`);
    for (const name of names) await bucket.want(name);
    await invokeScan(cloud, { start: 'hourly-check' });
    functions.profile({ name: RENEW, folder });
    await cloud.coolDown();
    const renewals: Renewal[] = [];
    for (const name of names) renewals.push(await renewOnce(cloud, name));
    await cloud.coolDown();
    const busy = await untilWritten(() => readBusy(folder, sourceOf));
    const [cold, ...warm] = renewals;
    if (!cold) throw new Error('nothing was renewed');
    return {
      cold: averageOf([cold], busy),
      warmRuns,
      warm: averageOf(warm, busy),
      work: workOf(warm, busy),
      s3Calls: s3CallsOf(warm.at(-1) ?? cold),
    };
  } finally {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function renewOnce(cloud: LocalCloud, name: string): Promise<Renewal> {
  const since = new Date();
  const ran: { endMs: number; handlerFromMs: number; startFromMs: number | undefined; cpuMs: number }[] = [];
  let isOver = false;
  cloud.onInvocation((ended, { report: { durationMs, initDurationMs, cpu } }) => {
    if (isOver || ended !== RENEW) return;
    const endMs = Date.now();
    const handlerFromMs = endMs - durationMs;
    const startFromMs = initDurationMs === undefined ? undefined : handlerFromMs - initDurationMs;
    ran.push({ endMs, handlerFromMs, startFromMs, cpuMs: cpu?.usedMs ?? Number.NaN });
  });
  await invokeScan(cloud, { start: 'force', names: [name] });
  isOver = true;
  const [one] = ran;
  if (!one || ran.length > 1) throw new Error(`renew ran ${ran.length} times for one renewal of ${name}`);
  const calls = callsOf(cloud, since);
  const slices = slicesOf(calls, one.handlerFromMs, one.startFromMs);
  return { name, slices, endMs: one.endMs, calls, cpuMs: one.cpuMs };
}

function callsOf(cloud: LocalCloud, since: Date): SeenCall[] {
  const aws = cloud.calls.matching({ principal: /RenewRole/, since });
  const ca = cloud.parts.caProxy?.requests.filter(({ at }) => at >= since) ?? [];
  return [
    ...aws.map(({ service, action, resource, at }) => {
      const key = service === 's3' ? resource.split('/').slice(1).join('/') : '';
      return { service, action, key, atMs: at.getTime() };
    }),
    ...ca.map(({ action, at }) => ({ service: 'acme', action, key: '', atMs: at.getTime() })),
  ].sort((a, b) => a.atMs - b.atMs);
}

function s3CallsOf({ name, slices, calls }: Renewal): Profile['s3Calls'] {
  const plain = (key: string) =>
    key
      .replaceAll(name, 'NAME')
      .replace(/\d{8}T\d{6}Z-[0-9a-f]+/, 'VERSION')
      .replace(/[0-9a-f]{64}/, 'HASH');
  return calls
    .filter(({ service }) => service === 's3')
    .map(({ action, key, atMs }) => ({ phase: phaseAt(slices, atMs) ?? 'prepare', action, key: plain(key) }));
}

/** The process writes it while it ends. */
async function untilWritten(read: () => Promise<Busy[]>): Promise<Busy[]> {
  const deadline = Date.now() + WRITE_LIMIT_MS;
  for (;;) {
    const busy = await read().catch(() => []);
    if (busy.length > 0) return busy;
    if (Date.now() > deadline) throw new Error(`${RENEW} has left no profile`);
    await sleep(100);
  }
}

async function invokeScan(cloud: LocalCloud, event: object): Promise<void> {
  const lambda = new LambdaClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
  });
  const Payload = JSON.stringify(event);
  await lambda.send(new InvokeCommand({ FunctionName: 'perennial-local-scan', Payload }));
  lambda.destroy();
  await cloud.idle(IDLE_LIMIT_MS);
}

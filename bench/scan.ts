import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import Table from 'cli-table3';
import pMap from 'p-map';
import { S3Store } from '../lib/aws/s3-store.ts';
import { pointerText } from '../lib/core/live-pointer.ts';
import { liveKey, renewalKey, stateKey } from '../lib/core/object-keys.ts';
import type { Plan } from '../lib/core/plan.ts';
import { type LocalCloud, startCloud } from '../local/cloud.ts';
import { earlierCertificate } from '../local/demo/seed.ts';
import { createZone } from './zone.ts';

const DAY_MS = 86_400_000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

export interface ScanFigures {
  certificates: number;
  /** Of the invocation, its process started before and the handler loaded. */
  wallMs: number;
  peakMb: number;
  s3Requests: number;
}

/** The hourly check of certificates none of which is due, with a cold function. */
export async function measureScans(sizes: readonly number[]): Promise<ScanFigures[]> {
  const figures: ScanFigures[] = [];
  for (const size of sizes) {
    const cloud = await startCloud();
    try {
      await cloud.deploy();
      figures.push(await measureScan(cloud, size));
    } finally {
      await cloud.stop();
    }
  }
  return figures;
}

async function measureScan(cloud: LocalCloud, certificates: number): Promise<ScanFigures> {
  await createZone(cloud, 'example.com');
  await seed(cloud, certificates);
  await cloud.coolDown();
  let wallMs = 0;
  let peakMb = 0;
  cloud.onInvocation((name, { report }) => {
    if (!name.endsWith('-scan')) return;
    wallMs = report.durationMs;
    peakMb = report.maxMemoryMb;
  });
  const since = new Date();
  const lambda = new LambdaClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
  });
  const Payload = JSON.stringify({ start: 'hourly-check' });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: 'perennial-local-scan', Payload }));
  const plan = JSON.parse(answer.Payload?.transformToString() ?? '{}') as Plan;
  const waiting = plan.certificates?.filter(({ action }) => action === 'wait').length;
  if (waiting !== certificates)
    throw new Error(
      `${waiting} of ${certificates} certificates wait: ${JSON.stringify(plan.certificates?.[0])}`,
    );
  const s3Requests = cloud.calls.matching({ service: 's3', since, principal: /ScanRole/ }).length;
  return { certificates, wallMs, peakMb, s3Requests };
}

/** Puts what each certificate has in the bucket where S3 sends no event of it. */
async function seed(cloud: LocalCloud, certificates: number): Promise<void> {
  const { Bucket = '' } = await cloud.outputs();
  const client = { endpoint: cloud.parts.motoUrl, region: 'us-east-1', credentials: CREDENTIALS };
  const store = new S3Store(new S3Client({ ...client, forcePathStyle: true }), Bucket);
  const { pointer } = await earlierCertificate(['n.example.com'], [], 60);
  const later = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
  const suggested = { certId: pointer.certId, at: later(30), askAgainAt: later(1) };
  const names = Array.from({ length: certificates }, (_, index) => `n${index}.example.com`);
  await pMap(
    names,
    async (name) => {
      await store.put(renewalKey(name), JSON.stringify({ names: [name], profile: 'classic' }));
      await store.put(stateKey(name), JSON.stringify({ failures: 0, suggested }));
      await store.put(liveKey(name), pointerText({ ...pointer, names: [name] }));
    },
    { concurrency: 8 },
  );
}

export function scanTable(figures: readonly ScanFigures[]): string {
  const head = [
    'hourly check, nothing due, one run',
    ...figures.map(({ certificates }) => `${certificates} certificates`),
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(['scan invoked → answered, s', ...figures.map(({ wallMs }) => (wallMs / 1000).toFixed(2))]);
  table.push(['peak memory of scan, MB', ...figures.map(({ peakMb }) => peakMb)]);
  table.push(['S3 requests of scan', ...figures.map(({ s3Requests }) => s3Requests)]);
  return table.toString();
}

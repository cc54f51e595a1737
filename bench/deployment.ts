import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalCloud } from '../local/cloud.ts';
import { servedBy } from '../local/demo/served.ts';
import { type Spread, spreadOf } from './median.ts';

const RUNS = 10;
const LOOK_EVERY_MS = 20;
const LIMIT_MS = 60_000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const NAMES = Array.from({ length: RUNS }, (_, index) => `host-${index}.example.com`);

/** A host whose Nginx serves each name with a certificate of its own from before. */
export const DEPLOYMENT_HOST = {
  id: 'i-00000000000000001',
  tags: { 'perennial-group': 'web' },
  sites: NAMES.map((name) => ({ serverName: name, lineage: name })),
};

export interface Deployments {
  runs: number;
  /** Milliseconds from the event `Certificate Renewed` being put to the new certificate being seen over TLS. */
  renewedToSeenMs: Spread;
}

/** One certificate at a time on one host, every function cold. */
export async function measureDeployments(cloud: LocalCloud): Promise<Deployments> {
  const s3 = benchS3(cloud);
  const times: number[] = [];
  for (const name of NAMES) times.push(await deployOnce(cloud, s3, name));
  s3.destroy();
  return { runs: RUNS, renewedToSeenMs: spreadOf(times) };
}

async function deployOnce(cloud: LocalCloud, s3: S3Client, name: string): Promise<number> {
  await cloud.coolDown();
  const since = new Date();
  await putRenewal(cloud, s3, name);
  const seenAt = await firstSeen(cloud, name);
  await cloud.idle(LIMIT_MS);
  const [renewed] = cloud.calls
    .matching({ service: 'events', action: 'PutEvents', since })
    .filter(({ principal }) => principal.includes('RenewRole'));
  if (!renewed) throw new Error(`${name} was not renewed; npm run demo shows where the line is broken`);
  return seenAt - renewed.at.getTime();
}

/** The instant at which the host serves a certificate of the CA for the name. */
async function firstSeen(cloud: LocalCloud, name: string): Promise<number> {
  const roots = await cloud.caRoots();
  const port = cloud.hosts.get(DEPLOYMENT_HOST.id)?.tlsPort ?? 0;
  const deadline = Date.now() + LIMIT_MS;
  while (Date.now() < deadline) {
    if (!((await servedBy(port, name, roots)) instanceof Error)) return Date.now();
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`${name} is not served after ${LIMIT_MS / 1000} s`);
}

export function benchS3({ endpoint }: LocalCloud): S3Client {
  return new S3Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true });
}

/** Asks for a certificate that the host group serves. */
export async function putRenewal(cloud: LocalCloud, s3: S3Client, name: string): Promise<void> {
  const { Bucket } = await cloud.outputs();
  const Body = JSON.stringify({ names: [name], hosts: ['web'], profile: 'classic' });
  await s3.send(new PutObjectCommand({ Bucket, Key: `renewal/${name}.json`, Body }));
}

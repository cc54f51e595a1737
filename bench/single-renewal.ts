import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalCloud } from '../local/cloud.ts';
import { type Spread, spreadOf } from './median.ts';
import { createZone } from './zone.ts';

const RUNS = 10;
const IDLE_LIMIT_MS = 60_000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

export interface SingleRenewal {
  runs: number;
  /** Milliseconds from the PUT of the renewal file to the PUT of the pointer, both as the gateway saw them. */
  eventToPointerMs: Spread;
  caRequests: Spread;
  route53Calls: Spread;
  s3Calls: Spread;
  /** Peak resident memory by function, megabytes. */
  peakMb: Record<string, number>;
}

/** One certificate at a time, no propagation delay, every function cold, the account at the CA there already. */
export async function measureSingleRenewals(cloud: LocalCloud): Promise<SingleRenewal> {
  const client = { endpoint: cloud.endpoint, region: 'us-east-1', credentials: CREDENTIALS };
  await createZone(cloud, 'example.com');
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const peakMb: Record<string, number> = {};
  cloud.onInvocation((name, { report }) => {
    const short = name.split('-').at(-1) ?? name;
    peakMb[short] = Math.max(peakMb[short] ?? 0, report.maxMemoryMb);
  });
  await renewOnce(cloud, s3, 'first.example.com');
  const runs: Run[] = [];
  for (let index = 0; index < RUNS; index += 1)
    runs.push(await renewOnce(cloud, s3, `n${index}.example.com`));
  s3.destroy();
  const spread = (figure: (run: Run) => number) => spreadOf(runs.map(figure));
  return {
    runs: RUNS,
    eventToPointerMs: spread(({ ms }) => ms),
    caRequests: spread(({ ca }) => ca),
    route53Calls: spread((run) => run.route53),
    s3Calls: spread((run) => run.s3),
    peakMb: { ...peakMb },
  };
}

interface Run {
  ms: number;
  ca: number;
  route53: number;
  s3: number;
}

async function renewOnce(cloud: LocalCloud, s3: S3Client, name: string): Promise<Run> {
  await cloud.coolDown();
  const { Bucket } = await cloud.outputs();
  const caBefore = await cloud.caRequests();
  const since = new Date();
  const Body = JSON.stringify({ names: [name], profile: 'classic' });
  await s3.send(new PutObjectCommand({ Bucket, Key: `renewal/${name}.json`, Body }));
  await cloud.idle(IDLE_LIMIT_MS);
  const puts = cloud.calls.matching({ service: 's3', action: 'PutObject', since });
  const ended = (key: string) => {
    const put = puts.find(({ resource, status }) => resource === `${Bucket}/${key}` && status === 200);
    if (!put) throw new Error(`${key} was not written; is the line broken? npm run demo shows it`);
    return put.at.getTime() + put.durationMs;
  };
  const byFunctions = (service: string) =>
    cloud.calls.matching({ service, since }).filter(({ principal }) => principal.includes('Role')).length;
  return {
    ms: ended(`live/${name}.json`) - ended(`renewal/${name}.json`),
    ca: (await cloud.caRequests()) - caBefore,
    route53: byFunctions('route53'),
    s3: byFunctions('s3'),
  };
}

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { pointerText } from '../lib/foundation/certificate/live-pointer.ts';
import { liveKey, renewalKey, stateKey } from '../lib/foundation/certificate/object-keys.ts';
import type { Plan } from '../lib/scan/rules/plan.ts';
import type { LocalCloud } from '../local/cloud.ts';
import { earlierCertificate } from '../local/demo/seed.ts';

const DAY_MS = 86_400_000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/** Puts what each of `count` certificates below example.com has in the bucket, none of them due, where S3 sends no event of it. */
export async function seedWaiting(cloud: LocalCloud, count: number): Promise<void> {
  const { Bucket = '' } = await cloud.outputs();
  const client = { endpoint: cloud.parts.motoUrl, region: 'us-east-1', credentials: CREDENTIALS };
  const store = new S3Store(new S3Client({ ...client, forcePathStyle: true }), Bucket);
  const { pointer } = await earlierCertificate(['n.example.com'], [], 60);
  const suggested = { certId: pointer.certId, at: new Date(Date.now() + 30 * DAY_MS).toISOString() };
  const names = Array.from({ length: count }, (_, index) => `n${index}.example.com`);
  const put = async (name: string) => {
    await store.put(renewalKey(name), JSON.stringify({ names: [name], profile: 'classic' }));
    await store.put(stateKey(name), JSON.stringify({ failures: 0, suggested }));
    await store.put(liveKey(name), pointerText({ ...pointer, names: [name] }));
  };
  await pMap(names, put, { concurrency: 8 });
}

/** The plan of an hourly check, started by hand. */
export async function checkHourly({ endpoint }: LocalCloud): Promise<Plan> {
  const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  const Payload = JSON.stringify({ start: 'hourly-check' });
  const { FunctionError, Payload: answer } = await lambda.send(
    new InvokeCommand({ FunctionName: 'perennial-local-scan', Payload }),
  );
  const text = answer?.transformToString() ?? '';
  if (FunctionError) throw new Error(`the hourly check failed: ${text}`);
  return JSON.parse(text);
}

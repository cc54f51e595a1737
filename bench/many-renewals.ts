import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalCloud } from '../local/cloud.ts';

const COUNT = 100;
const PROPAGATION_MS = 30_000;
const IDLE_LIMIT_MS = 300_000;
const ZONE = 'example.net';
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

export interface ManyRenewals {
  certificates: number;
  propagationMs: number;
  /** From the hourly check being invoked to the last pointer written, functions cold. */
  wallMs: number;
  route53Calls: number;
  route53CallsPerCertificate: number;
  /** Change batches that Route 53 took: publications and clean-ups. */
  changeBatches: number;
  peakMb: number;
}

/** A hundred certificates of one zone that were never issued, found by one hourly check. */
export async function measureManyRenewals(cloud: LocalCloud): Promise<ManyRenewals> {
  const client = { endpoint: cloud.endpoint, region: 'us-east-1', credentials: CREDENTIALS };
  await prepareZone(new Route53Client(client));
  await putFiles(cloud);
  cloud.setPropagation(PROPAGATION_MS);
  await cloud.coolDown();
  let peakMb = 0;
  cloud.onInvocation((name, { report }) => {
    if (name.endsWith('-renew')) peakMb = Math.max(peakMb, report.maxMemoryMb);
  });
  const since = new Date();
  const Payload = JSON.stringify({ start: 'hourly-check' });
  await new LambdaClient(client).send(new InvokeCommand({ FunctionName: 'perennial-local-scan', Payload }));
  await cloud.idle(IDLE_LIMIT_MS);
  cloud.setPropagation(0);
  const pointers = cloud.calls
    .matching({ service: 's3', action: 'PutObject', since })
    .filter(({ resource = '', status }) => status === 200 && /\/live\/many-\d+\.json$/.test(resource));
  if (pointers.length !== COUNT) throw new Error(`${pointers.length} of ${COUNT} certificates were renewed`);
  const calls = cloud.calls
    .matching({ service: 'route53', since })
    .filter(({ principal }) => principal.includes('Role'));
  return {
    certificates: COUNT,
    propagationMs: PROPAGATION_MS,
    wallMs: Math.max(...pointers.map(({ at }) => at.getTime())) - since.getTime(),
    route53Calls: calls.length,
    route53CallsPerCertificate: calls.length / COUNT,
    changeBatches: calls.filter(({ action }) => action === 'ChangeResourceRecordSets').length,
    peakMb,
  };
}

/** A zone whose CAA lets the CA issue, as after a first issue. */
async function prepareZone(route53: Route53Client): Promise<void> {
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: ZONE, CallerReference: ZONE }),
  );
  const ResourceRecords = [{ Value: '0 issue "pebble.letsencrypt.org"' }];
  const ResourceRecordSet = { Name: ZONE, Type: 'CAA' as const, TTL: 300, ResourceRecords };
  const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet }];
  await route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }),
  );
  route53.destroy();
}

/** Puts the files where S3 sends no event of them, so that one check finds them all. */
async function putFiles(cloud: LocalCloud): Promise<void> {
  const { Bucket } = await cloud.outputs();
  const s3 = new S3Client({
    endpoint: cloud.parts.motoUrl,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  for (let index = 0; index < COUNT; index += 1) {
    const Body = JSON.stringify({ names: [`n${index}.${ZONE}`], profile: 'classic' });
    await s3.send(new PutObjectCommand({ Bucket, Key: `renewal/many-${index}.json`, Body }));
  }
  s3.destroy();
}

import { ACMClient, ListCertificatesCommand, ListTagsForCertificateCommand } from '@aws-sdk/client-acm';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import { servedBy } from '../../local/demo/served.ts';
import { DeployedLine } from './deployed-line.ts';
import { documentedDeletion, documentedMove, runDocumented } from './documented-move.ts';
import { runInCloud } from './serverless-runs.ts';

const NAME = 'example.com';
const [OLD_HOST, NEW_HOST] = ['i-00000000000000001', 'i-00000000000000002'];
const [OLD_REGION, REGION, NEW_BUCKET] = ['us-east-1', 'eu-central-1', 'perennial-moved'];
const LIMIT_MS = 600_000;
const host = (id: string) => ({
  id,
  tags: { 'perennial-group': 'web' },
  sites: [{ serverName: NAME, lineage: NAME }],
});
let line: DeployedLine;
/** The old bucket's objects at the time of the copy. */
let copied: string[];
let before: { orders: number; accounts: number; served: string };

beforeAll(async () => {
  line = await DeployedLine.start({ hosts: [host(OLD_HOST)], zones: [NAME] });
  const file = { names: [NAME], hosts: ['web'], profile: 'classic', acm: [{ region: REGION }] };
  await line.putAndWait(NAME, file);
  // The stack's policy, which stays when it is removed; the local CloudFormation makes none.
  const Statement = [{ Sid: 'AccountsOfTheStack', Effect: 'Deny', Principal: '*', Action: 's3:GetObject' }];
  const Resource = `arn:aws:s3:::${line.bucket}/accounts/*`;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: Statement.map((one) => ({ ...one, Resource })),
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const place = { endpoint: line.cloud.parts.aws.motoUrl, region: OLD_REGION, credentials };
  const s3 = new S3Client({ ...place, forcePathStyle: true });
  await s3.send(new PutBucketPolicyCommand({ Bucket: line.bucket, Policy }));
  s3.destroy();
  before = { ...(await counted()), served: await servedOn(OLD_HOST) };
});

afterAll(() => line?.stop());

async function counted() {
  return {
    orders: await line.cloud.caRequests(/^POST \/order-plz/),
    accounts: await line.cloud.caRequests(/^POST \/sign-me-up/),
  };
}

async function servedOn(id: string): Promise<string> {
  const port = line.cloud.hosts.get(id)?.tlsPort ?? 0;
  const answer = await servedBy(port, NAME, await line.cloud.caRoots());
  return answer instanceof Error ? `not valid: ${answer.message}` : answer.serial;
}

async function keysIn(Bucket: string): Promise<string[]> {
  const { Contents = [] } = await line.s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

async function hourlyCheck(): Promise<void> {
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
}

async function tagsOf(Bucket: string, Key: string) {
  const { TagSet = [] } = await line.s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  return Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value]));
}

describe('moving to another region by the documented commands', () => {
  it(
    'goes through: remove, copy, deploy there',
    async () => {
      const commands = await documentedMove({
        bucket: line.bucket,
        to: NEW_BUCKET,
        from: OLD_REGION,
        region: REGION,
      });
      expect(commands).toHaveLength(5);
      const policy = () => line.s3.send(new GetBucketPolicyCommand({ Bucket: line.bucket }));
      for (const command of commands) {
        if (/ s3 sync /.test(command)) {
          await expect(policy()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
          copied = await line.keys();
        }
        if (/ deploy /.test(command)) {
          // The hosts of the old region stay where they are, and no stack sees them from the new one.
          await line.cloud.hosts.stop();
          await line.cloud.parts.aws.moveTo(REGION);
        }
        const { isDone, printed } = await runDocumented(line.cloud, command);
        expect(isDone, `${command}\n${printed}`).toBe(true);
      }
      expect((await line.cloud.outputs()).Bucket).toBe(NEW_BUCKET);
    },
    LIMIT_MS,
  );

  it('takes along all but the records of imports, with the tags by which hosts may read it', async () => {
    const isCopied = (key: string) => !key.startsWith('acm/');
    expect(copied.filter((key) => !isCopied(key))).toEqual([`acm/${NAME}.json`]);
    expect(await keysIn(NEW_BUCKET)).toEqual(expect.arrayContaining(copied.filter(isCopied)));
    const [key = ''] = copied.filter((one) => /^archive\/.*\/privkey\.pem$/.test(one));
    const tags = await tagsOf(line.bucket, key);
    expect(Object.keys(tags)).not.toEqual([]);
    expect(await tagsOf(NEW_BUCKET, key)).toEqual(tags);
  });

  it('brings the hosts that are there their certificates, and orders nothing', async () => {
    await line.cloud.hosts.start(host(NEW_HOST));
    await hourlyCheck();
    expect(await servedOn(NEW_HOST)).toBe(before.served);
    expect(await counted()).toEqual({ orders: before.orders, accounts: before.accounts });
    expect(await keysIn(NEW_BUCKET)).toContain(`hosts/${NEW_HOST}.json`);
  });

  it('gives ACM new copies, as the old ones are of the old bucket', async () => {
    const client = new ACMClient({
      endpoint: line.cloud.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { CertificateSummaryList = [] } = await client.send(
      new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
    );
    const buckets = await Promise.all(
      CertificateSummaryList.map(async ({ CertificateArn = '' }) => {
        const { Tags = [] } = await client.send(new ListTagsForCertificateCommand({ CertificateArn }));
        return Tags.find(({ Key }) => Key === 'perennial-bucket')?.Value;
      }),
    );
    client.destroy();
    expect(buckets.sort()).toEqual([line.bucket, NEW_BUCKET].sort());
  });

  it('goes on there with the account of before', async () => {
    await line.scan({ start: 'force', names: [NAME] });
    await line.idle();
    const { orders, accounts } = await counted();
    expect(orders).toBe(before.orders + 1);
    expect(accounts).toBe(before.accounts);
    expect(await servedOn(NEW_HOST)).not.toBe(before.served);
    expect(await servedOn(NEW_HOST)).toMatch(/^[0-9a-f]+$/);
    expect(await line.keys()).toEqual(copied);
  });

  it('leaves an old bucket that the documented commands empty of all versions, and delete', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const place = { endpoint: line.cloud.parts.aws.motoUrl, region: OLD_REGION, credentials };
    const s3 = new S3Client({ ...place, forcePathStyle: true });
    // A version of before and a mark of deletion, as a stack leaves them.
    const [Key = ''] = copied;
    await s3.send(new DeleteObjectCommand({ Bucket: line.bucket, Key }));
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: line.bucket }),
    );
    expect(Versions.length).toBeGreaterThan(copied.length);
    expect(DeleteMarkers).not.toEqual([]);
    const commands = await documentedDeletion(line.bucket);
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const { isDone, printed } = await runDocumented(line.cloud, command);
      expect(isDone, `${command}\n${printed}`).toBe(true);
    }
    const gone = s3.send(new HeadBucketCommand({ Bucket: line.bucket }));
    await expect(gone).rejects.toMatchObject({ name: 'NotFound' });
    s3.destroy();
    expect(await keysIn(NEW_BUCKET)).not.toEqual([]);
  });
});

describe('moving to another name, which is another stage', () => {
  const NEW_STAGE = 'acceptance';
  /** Of the plan, which asks the CA for nothing. */
  async function plan(): Promise<Plan> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new LambdaClient({ endpoint: line.cloud.endpoint, region: REGION, credentials });
    const FunctionName = `perennial-${NEW_STAGE}-scan`;
    const Payload = Buffer.from(JSON.stringify({ start: 'plan' }));
    const { Payload: answer } = await client.send(new InvokeCommand({ FunctionName, Payload }));
    client.destroy();
    return JSON.parse(answer?.transformToString() ?? '');
  }

  it(
    'takes the bucket from the stack that was removed, and renews nothing before it is due',
    async () => {
      const { orders } = await counted();
      const region = ['--region', REGION];
      const removed = await runInCloud(line.cloud, 'remove', '--stage', 'local', ...region);
      expect(removed.isDone, removed.printed).toBe(true);
      const settings = {
        bucket: NEW_BUCKET,
        contact: 'you@example.com',
        agreeToTerms: 'true',
        domains: NAME,
        directoryUrl: line.cloud.directoryUrl,
      };
      const params = Object.entries(settings).map(([name, value]) => `--param=${name}=${value}`);
      const stage = ['--stage', NEW_STAGE, ...region];
      const { isDone, printed } = await runInCloud(line.cloud, 'deploy', ...stage, ...params);
      expect(isDone, printed).toBe(true);
      expect((await line.cloud.outputs()).Bucket).toBe(NEW_BUCKET);
      expect((await plan()).certificates).toMatchObject([{ name: NAME, action: 'wait' }]);
      expect((await counted()).orders).toBe(orders);
    },
    LIMIT_MS,
  );
});

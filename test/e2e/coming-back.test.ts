import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { DeployedLine } from './deployed-line.ts';
import { runInCloud } from './serverless-runs.ts';

const ROLE = 'web-hosts';
/** Stacks beside ours: one of another stage, and somebody's own. */
const OTHERS = ['perennial-trial', 'website'];
const TemplateBody = JSON.stringify({
  Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
  Outputs: { Bucket: { Value: 'a-bucket' } },
});
/** Of a test that packs and deploys, on a busy machine. */
const LIMIT_MS = 600_000;
let line: DeployedLine;
let iam: IAMClient;
let stacks: CloudFormationClient;
/** What is live before the stack is removed. */
let live: LivePointer | undefined;
let keys: string[];
let orders: number;

const orderCount = () => line.cloud.caRequests(/^POST \/order-plz/);
const accountCount = () => line.cloud.caRequests(/^POST \/sign-me-up/);
const run = (...args: string[]) => runInCloud(line.cloud, ...args);
const deployWith = (bucket: string, ...more: string[]) => run('deploy', `--param=bucket=${bucket}`, ...more);
/** The names of the stacks that are there. */
async function stackNames(): Promise<string[]> {
  const { StackSummaries = [] } = await stacks.send(new ListStacksCommand({}));
  return StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
    ({ StackName = '' }) => StackName,
  );
}

beforeAll(async () => {
  line = await DeployedLine.start();
  const client = {
    endpoint: line.cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  iam = new IAMClient(client);
  stacks = new CloudFormationClient(client);
  await line.putAndWait('example.com', { names: ['example.com'], profile: 'classic' });
  live = await line.pointer('example.com');
  keys = await line.keys();
  orders = await orderCount();
});

afterAll(async () => {
  iam?.destroy();
  stacks?.destroy();
  await line?.stop();
});

describe('leaving', () => {
  it('says what to detach first, and removes nothing before', async () => {
    expect(live).toBeDefined();
    const { HostsWebPolicy: PolicyArn = '' } = await line.cloud.outputs();
    await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: '{}' }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
    const { isDone, printed } = await run('remove');
    expect(isDone).toBe(false);
    expect(printed).toContain(
      `detach them first: aws iam detach-role-policy --role-name ${ROLE} --policy-arn ${PolicyArn}\n`,
    );
    expect(await stackNames()).toEqual(['perennial-local']);
    await iam.send(new DetachRolePolicyCommand({ RoleName: ROLE, PolicyArn }));
  });

  it(
    'removes the stack, keeps the bucket, and says what is left and how to come back',
    async () => {
      for (const StackName of OTHERS) await stacks.send(new CreateStackCommand({ StackName, TemplateBody }));
      const { isDone, printed } = await run('remove');
      expect(isDone, printed).toBe(true);
      expect(printed).toContain(`  the bucket ${line.bucket} with certificates, keys, accounts`);
      expect(printed).toContain(`  npx serverless deploy --stage local --param="bucket=${line.bucket}"\n`);
      expect(printed).toContain(
        '  the stack perennial-trial: npx serverless remove --stage trial --region us-east-1\n',
      );
      expect(printed).not.toContain('the stack website');
      for (const StackName of OTHERS) await stacks.send(new DeleteStackCommand({ StackName }));
      expect(await stackNames()).toEqual([]);
      expect(await line.keys()).toEqual(keys);
    },
    LIMIT_MS,
  );
});

describe('before anything is made, a deploy refuses', () => {
  it.each([
    [
      'a bucket that is not there',
      'perennial-none-such',
      'bucket: perennial-none-such: there is no such bucket',
    ],
    ['one with other things', 'website', 'bucket: website: it holds index.html and nothing of Perennial'],
  ])('%s', async (_, bucket, complaint) => {
    await line.s3.send(new CreateBucketCommand({ Bucket: 'website' })).catch(() => undefined);
    await line.s3.send(new PutObjectCommand({ Bucket: 'website', Key: 'index.html', Body: '<html>' }));
    const { isDone, printed } = await deployWith(bucket);
    expect(isDone).toBe(false);
    expect(printed.split('\n').filter((text) => text.includes(complaint))).toHaveLength(1);
    expect(await stackNames()).toEqual([]);
  });
});

it('a deploy refuses a bucket under a KMS key that it is not given', async () => {
  const key = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const encryptBy = (by: ServerSideEncryptionByDefault) =>
    line.s3.send(
      new PutBucketEncryptionCommand({
        Bucket: line.bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: by }] },
      }),
    );
  await encryptBy({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key });
  const { isDone, printed } = await deployWith(line.bucket);
  await encryptBy({ SSEAlgorithm: 'AES256' });
  expect(isDone).toBe(false);
  expect(printed).toContain(
    `bucket: ${line.bucket}: its objects are encrypted with the KMS key ${key}, so the stack could not read them`,
  );
  expect(await stackNames()).toEqual([]);
});

describe('coming back', () => {
  it(
    'takes the bucket over with its settings',
    async () => {
      const Bucket = line.bucket;
      // Somebody tidied up meanwhile.
      const VersioningConfiguration = { Status: 'Suspended' as const };
      await line.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      const { isDone, printed } = await deployWith(Bucket);
      expect(isDone, printed).toBe(true);
      expect((await line.cloud.outputs()).Bucket).toBe(Bucket);
      expect((await line.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
      const { EventBridgeConfiguration } = await line.s3.send(
        new GetBucketNotificationConfigurationCommand({ Bucket }),
      );
      expect(EventBridgeConfiguration).toEqual({});
      const { PublicAccessBlockConfiguration } = await line.s3.send(
        new GetPublicAccessBlockCommand({ Bucket }),
      );
      expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
      const { ServerSideEncryptionConfiguration } = await line.s3.send(
        new GetBucketEncryptionCommand({ Bucket }),
      );
      expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
        { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      ]);
      const { Rules = [] } = await line.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      expect(Rules.map(({ ID }) => ID).sort()).toEqual([
        'broken-uploads',
        'old-index',
        'old-status',
        'old-versions',
        'removed',
        'set-aside',
      ]);
    },
    LIMIT_MS,
  );

  it('orders nothing anew', async () => {
    const { certificates } = await line.scan({ start: 'hourly-check' });
    expect(certificates).toMatchObject([{ name: 'example.com', action: 'wait' }]);
    await line.cloud.fireSchedule((expression) => expression.startsWith('cron'));
    await line.idle();
    expect(await orderCount()).toBe(orders);
    expect(await line.pointer('example.com')).toEqual(live);
  });

  it('renews, and takes what is new, with the account of before', async () => {
    const accounts = await accountCount();
    await line.putAndWait('www', { names: ['www.example.com'], profile: 'classic' });
    await line.scan({ start: 'force', names: ['example.com'] });
    await line.idle();
    expect(await line.pointer('www')).toBeDefined();
    expect((await line.pointer('example.com'))?.version).not.toBe(live?.version);
    expect(await accountCount()).toBe(accounts);
  });

  it('is not forgotten: a deploy that does not name the bucket any more is refused', async () => {
    const { isDone, printed } = await run('deploy');
    expect(isDone).toBe(false);
    expect(printed).toContain(
      `bucket: the stack perennial-local uses the bucket ${line.bucket}, which params.bucket does not name any more`,
    );
    expect((await line.cloud.outputs()).Bucket).toBe(line.bucket);
  });

  it('lets no other stage take it', async () => {
    const others = ['--stage=acceptance', '--param=contact=you@example.com', '--param=agreeToTerms=true'];
    const { isDone, printed } = await deployWith(line.bucket, ...others, '--param=domains=example.com');
    expect(isDone).toBe(false);
    expect(printed).toContain(`bucket: ${line.bucket}: it belongs to the stack perennial-local`);
    expect(await stackNames()).toEqual(['perennial-local']);
  });
});

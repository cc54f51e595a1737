import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeployedLine } from './deployed-line.ts';
import { runInCloud } from './serverless-runs.ts';
import { deployBefore } from './template-before.ts';

/** What would lose something, or a person's settings, if it were another after an update. */
const KEPT = [
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Role',
];
let line: DeployedLine;
let stacks: CloudFormationClient;

beforeAll(async () => {
  line = await DeployedLine.start({ deploy: deployBefore });
  stacks = new CloudFormationClient({
    endpoint: line.cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});

afterAll(async () => {
  stacks?.destroy();
  await line?.stop();
});

/** The physical ids of what has to stay, by logical id. */
async function kept(): Promise<Record<string, string>> {
  const { StackResources = [] } = await stacks.send(
    new DescribeStackResourcesCommand({ StackName: 'perennial-local' }),
  );
  const isKept = ({ ResourceType = '' }: StackResource) => KEPT.includes(ResourceType);
  return Object.fromEntries(
    StackResources.filter(isKept).map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}

it('a stack of the template before is updated, keeps all that it has, and goes on', async () => {
  await line.putAndWait('example.com', { names: ['example.com'], profile: 'classic' });
  const live = await line.pointer('example.com');
  const before = await kept();
  expect(live).toBeDefined();
  expect(before).toMatchObject({ Bucket: line.bucket, HostsWebPolicy: expect.any(String) });

  const { isDone, printed } = await runInCloud(line.cloud, 'deploy');
  expect(isDone, printed).toBe(true);
  // Dead letters of the queues of before go: what is due is looked at again every hour without them.
  const isOneForAll = ([id]: [string, string]) => !id.endsWith('DeadLetters');
  expect(await kept()).toMatchObject(Object.fromEntries(Object.entries(before).filter(isOneForAll)));
  expect(Object.keys(await kept()).filter((id) => id.endsWith('DeadLetters'))).toEqual(['DeadLetters']);
  expect((await line.cloud.outputs()).Bucket).toBe(line.bucket);

  const orders = await line.cloud.caRequests(/^POST \/order-plz/);
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
  expect(await line.cloud.caRequests(/^POST \/order-plz/)).toBe(orders);
  expect(await line.pointer('example.com')).toEqual(live);
  await line.putAndWait('www', { names: ['www.example.com'], profile: 'classic' });
  expect(await line.pointer('www')).toBeDefined();
}, 600_000);

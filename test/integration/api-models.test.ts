import { ACMClient, ImportCertificateCommand, type ImportCertificateCommandInput } from '@aws-sdk/client-acm';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import {
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { SendCommandCommand, type SendCommandCommandInput, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRequest } from '../../local/api-models/check-request.ts';
import { loadModels } from '../../local/api-models/load-models.ts';
import { jsonError } from '../../local/gateway/answers.ts';
import { Gateway } from '../../local/gateway/gateway.ts';
import type { LocalService } from '../../local/gateway/request.ts';
import { venvBin } from './fixtures/venv.ts';

const refusing: LocalService = { handle: async () => jsonError('ValidationException', 'refused') };
const SERVICES = ['acm', 'lambda', 'route53', 's3', 'sns', 'ssm', 'sts', 'tagging'];
let gateway: Gateway;

beforeAll(async () => {
  const models = loadModels(await venvBin());
  gateway = new Gateway({
    motoUrl: 'http://127.0.0.1:1',
    services: Object.fromEntries(SERVICES.map((service) => [service, refusing])),
    complaintsAbout: (request) => checkRequest(models, request),
  });
  await gateway.start();
});

afterAll(() => gateway.stop());

describe('a request that two operations could be, or whose service has another name in the models', () => {
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const settings = () => ({ endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const s3 = () => new S3Client({ ...settings(), forcePathStyle: true });
  const Rules = [{ ID: 'a', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }];

  it.each<[string, () => Promise<unknown>]>([
    [
      'the rules of a bucket',
      () =>
        s3().send(
          new PutBucketLifecycleConfigurationCommand({ Bucket: 'b', LifecycleConfiguration: { Rules } }),
        ),
    ],
    [
      'its notifications',
      () =>
        s3().send(
          new PutBucketNotificationConfigurationCommand({
            ...{ Bucket: 'b', NotificationConfiguration: { EventBridgeConfiguration: {} } },
          }),
        ),
    ],
    [
      'instances by tag',
      () =>
        new ResourceGroupsTaggingAPIClient(settings()).send(
          new GetResourcesCommand({ ResourceTypeFilters: ['ec2:instance'] }),
        ),
    ],
  ])('conforms: %s', async (_, send) => {
    const { nonconforming } = gateway.calls;
    nonconforming.length = 0;
    await send().catch(() => undefined);
    expect(nonconforming).toEqual([]);
  });
});

describe("a request that is not as AWS's API model has it", () => {
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const settings = () => ({ endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const target = { Key: 'tag:a', Values: ['b'] };
  const change = (Name: string) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: { Name, Type: 'TXT' as const, TTL: -1, ResourceRecords: [{ Value: '"x"' }] },
  });
  const clients = {
    ssm: (input: object) =>
      new SSMClient(settings()).send(new SendCommandCommand(input as SendCommandCommandInput)),
    sns: (input: object) => new SNSClient(settings()).send(new PublishCommand(input as PublishCommandInput)),
    sts: (input: object) =>
      new STSClient(settings()).send(new AssumeRoleCommand(input as AssumeRoleCommandInput)),
    route53: (Changes: object) =>
      new Route53Client(settings()).send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId: 'Z1', ChangeBatch: { Changes } } as never),
      ),
    lambda: (input: object) =>
      new LambdaClient(settings()).send(new InvokeCommand(input as InvokeCommandInput)),
    s3: (input: object) =>
      new S3Client({ ...settings(), forcePathStyle: true }).send(
        new PutObjectCommand({ Bucket: 'shelf', Key: 'k', Body: 'x', ...input }),
      ),
    acm: (input: object) =>
      new ACMClient(settings()).send(new ImportCertificateCommand(input as ImportCertificateCommandInput)),
  };

  it.each([
    [
      'ssm',
      { DocumentName: 'document', Targets: Array.from({ length: 6 }, () => target) },
      'ssm SendCommand: Targets: 6 elements, at most 5',
    ],
    [
      'ssm',
      { DocumentName: 'document', InstanceIds: ['web-1'], Comment: 'x'.repeat(101) },
      [
        'ssm SendCommand: InstanceIds[0]: "web-1" does not match (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)',
        'ssm SendCommand: Comment: 101 characters, at most 100',
      ],
    ],
    [
      'sns',
      { TopicArn: 'arn', Message: 'x'.repeat(262_145) },
      'sns Publish: Message: 262145 bytes, at most 262144',
    ],
    [
      'sts',
      { RoleArn: 'arn' },
      ['sts AssumeRole: RoleSessionName: missing', 'sts AssumeRole: RoleArn: 3 characters, at least 20'],
    ],
    [
      'route53',
      [change('a'), change('x'.repeat(1025))],
      [
        'route53 ChangeResourceRecordSets: ChangeBatch.Changes[0].ResourceRecordSet.TTL: -1, at least 0',
        'route53 ChangeResourceRecordSets: ChangeBatch.Changes[1].ResourceRecordSet.Name: 1025 characters, at most 1024',
        'route53 ChangeResourceRecordSets: ChangeBatch.Changes[1].ResourceRecordSet.TTL: -1, at least 0',
      ],
    ],
    [
      'lambda',
      { FunctionName: 'a b' },
      expect.stringContaining('lambda Invoke: FunctionName: "a b" does not match'),
    ],
    ['s3', { StorageClass: 'ATTIC' }, 's3 PutObject: StorageClass: "ATTIC" is none of its values'],
    [
      'acm',
      { Certificate: Buffer.alloc(32_769) },
      [
        'acm ImportCertificate: PrivateKey: missing',
        'acm ImportCertificate: Certificate: 32769 bytes, at most 32768',
      ],
    ],
  ] as const)('is told of: %s %#', async (service, input, complaints) => {
    const { nonconforming } = gateway.calls;
    nonconforming.length = 0;
    await clients[service](input).catch(() => undefined);
    const expected = (Array.isArray(complaints) ? complaints : [complaints]).map((one) =>
      typeof one === 'string' ? `AKIATEST: ${one}` : one,
    );
    expect(nonconforming).toEqual(expected);
  });
});

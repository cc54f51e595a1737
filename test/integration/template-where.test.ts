import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  packageStack,
  REGIONS,
  type Resource,
  readTemplate,
  SAMPLE_PARAMS,
} from '../../tools/check/package-stack.ts';
import { HANDLER_PERMISSIONS } from '../fakes/handler-permissions.ts';

/** By type, the property that would be a fixed name, and where AWS wants it unique: each type of the template is here. */
const NAMES: Record<string, { property?: string; within: 'region' | 'account' | 'nothing' }> = {
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', within: 'region' },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', within: 'account' },
  'AWS::Events::EventBus': { property: 'Name', within: 'region' },
  'AWS::Events::Rule': { property: 'Name', within: 'region' },
  'AWS::IAM::ManagedPolicy': { property: 'ManagedPolicyName', within: 'account' },
  'AWS::IAM::Role': { property: 'RoleName', within: 'account' },
  'AWS::Lambda::EventSourceMapping': { within: 'nothing' },
  'AWS::Lambda::Function': { property: 'FunctionName', within: 'region' },
  'AWS::Lambda::Permission': { within: 'nothing' },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', within: 'region' },
  'AWS::Logs::MetricFilter': { property: 'FilterName', within: 'region' },
  'AWS::S3::Bucket': { property: 'BucketName', within: 'account' },
  'AWS::S3::BucketPolicy': { within: 'nothing' },
  'AWS::SNS::Subscription': { within: 'nothing' },
  'AWS::SNS::Topic': { property: 'TopicName', within: 'region' },
  'AWS::SQS::Queue': { property: 'QueueName', within: 'region' },
  'AWS::SQS::QueuePolicy': { within: 'nothing' },
  'AWS::SSM::Association': { property: 'AssociationName', within: 'region' },
  'AWS::SSM::Document': { property: 'Name', within: 'region' },
};

let folder: string;
let resources: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-where-'));
  resources = await readTemplate(
    await packageStack({
      stage: 'production',
      folder,
      params: { ...SAMPLE_PARAMS, dashboard: 'true', certificates: '100000' },
    }),
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('two stages, and two regions of one account, side by side', () => {
  it('have resources of known types only', () => {
    const types = new Set(Object.values(resources).map(({ Type }) => Type));
    expect([...types].sort()).toEqual(Object.keys(NAMES));
    // docs/start/deployer-policy.json is tested with these.
    expect(Object.keys(HANDLER_PERMISSIONS)).toEqual(Object.keys(NAMES));
  });

  it.each(Object.entries(NAMES))('share no name of a %s', (type, { property, within }) => {
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      const name = property === undefined ? undefined : Properties[property];
      if (Type !== type || name === undefined) continue;
      const text = JSON.stringify(name);
      expect(text, id).toContain('production');
      if (within === 'account') expect(text, id).toContain('AWS::Region');
    }
  });

  it('name no region and no partition', () => {
    const text = JSON.stringify(resources);
    expect(text).not.toMatch(/"arn:aws[a-z-]*:|[a-z]{2}-(east|west|central)-\d/);
  });
});

it('the document that hosts run takes every region that templates are linted for', () => {
  const { Content } = resources.InstallDocument?.Properties ?? {};
  const pattern = new RegExp(Content.parameters.region.allowedPattern);
  expect(REGIONS.filter((region) => !pattern.test(region))).toEqual([]);
});

it('for 100,000 certificates the functions that read what all of them have get more memory, and the others no more', () => {
  const sizes = Object.values(resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::Lambda::Function' || Properties.Handler.startsWith('index.')) return [];
    const [, heap] = /--max-old-space-size=(\d+)/.exec(Properties.Environment.Variables.NODE_OPTIONS) ?? [];
    return [[Properties.Handler, Properties.MemorySize, heap]];
  });
  const large = sizes.filter(([, memory]) => memory !== 256);
  expect(large).toEqual(['scan', 'status'].map((name) => [`functions/${name}.handler`, 3008, '2256']));
  expect(new Set(sizes.filter((size) => !large.includes(size)).map(([, , heap]) => heap))).toEqual(
    new Set(['192']),
  );
});

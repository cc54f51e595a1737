import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack, type Resource, readTemplate } from '../../tools/check/package-stack.ts';
import { readTemplateBefore } from '../e2e/template-before.ts';

/**
 * What makes CloudFormation replace a resource where it changes ("Update requires: Replacement"), for those that hold
 * something, or that a person has attached, subscribed or wired.
 */
const REPLACED_BY: Record<string, string[]> = {
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Description', 'Path'],
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType'],
  'AWS::Events::EventBus': ['Name'],
};
const NAMES = ['Name', 'AlarmName', 'FunctionName', 'LogGroupName', 'RoleName', 'DashboardName'];

let folder: string;
let before: Record<string, Resource>;
let after: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-update-'));
  before = JSON.parse(await readTemplateBefore()).Resources;
  after = await readTemplate(await packageStack({ stage: 'local', folder }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const pairs = () =>
  Object.entries(before).flatMap(([id, was]) => (after[id] ? [[id, was, after[id]] as const] : []));

describe('an update of a stack of the template before', () => {
  it('has every resource of before that holds something, of the same type', () => {
    // One dead-letter queue is left for all of before.
    for (const [id, { Type }] of Object.entries(before))
      if (Type in REPLACED_BY && !/DeadLetters(Policy)?$/.test(id)) expect(after[id]?.Type, id).toBe(Type);
    // CloudFormation refuses another type under the same id.
    for (const [id, was, is] of pairs()) expect(is.Type, id).toBe(was.Type);
  });

  it('replaces none of those', () => {
    for (const [id, was, is] of pairs())
      for (const property of REPLACED_BY[was.Type] ?? [])
        expect(is.Properties?.[property], `${id}.${property}`).toEqual(was.Properties?.[property]);
  });

  it('gives no name to another resource, which CloudFormation makes before it removes the one that has it', () => {
    const namesIn = (resources: Record<string, Resource>) =>
      new Map(
        Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
          NAMES.flatMap((name) =>
            typeof Properties?.[name] === 'string' ? [[`${Type} ${Properties[name]}`, id] as const] : [],
          ),
        ),
      );
    const had = namesIn(before);
    for (const [name, id] of namesIn(after)) expect(had.get(name) ?? id, name).toBe(id);
  });

  it('keeps the bucket whichever template it is removed by', () => {
    for (const { DeletionPolicy, UpdateReplacePolicy } of [before.Bucket, after.Bucket] as Resource[]) {
      expect(DeletionPolicy).toMatch(/^Retain/);
      expect(UpdateReplacePolicy).toBe('Retain');
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../../check/package-stack.ts';

let folder: string;
let resources: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-alarms-'));
  resources = await readTemplate(await packageStack({ stage: 'production', folder, params: SAMPLE_PARAMS }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);

interface Measured {
  Id: string;
  Expression?: string;
  MetricStat?: { Metric: { Dimensions: { Value: { 'Fn::GetAtt': [string, string] } }[] } };
}

describe('dead letters', () => {
  const deadLetterQueues = () =>
    ofType('AWS::SQS::Queue').flatMap(([, { Properties }]) => {
      const { deadLetterTargetArn } = Properties.RedrivePolicy ?? {};
      return deadLetterTargetArn ? [deadLetterTargetArn['Fn::GetAtt'][0] as string] : [];
    });
  const measured = (): Measured[] => resources.DeadLettersAlarm?.Properties.Metrics;

  it('of every queue are in the one alarm', () => {
    const queues = measured().flatMap(
      ({ MetricStat }) => MetricStat?.Metric.Dimensions[0]?.Value['Fn::GetAtt'] ?? [],
    );
    expect(queues.filter((part) => part !== 'QueueName').sort()).toEqual(deadLetterQueues().sort());
    const sum = measured().find(({ Expression }) => Expression)?.Expression;
    const ids = measured().flatMap(({ Id, MetricStat }) => (MetricStat ? [`FILL(${Id}, 0)`] : []));
    expect(sum).toBe(ids.join(' + '));
  });

  it('are told to the contact by mail', () => {
    expect(resources.DeadLettersAlarm?.Properties).toMatchObject({
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(ofType('AWS::SNS::Subscription').map(([, { Properties }]) => Properties)).toEqual([
      { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: SAMPLE_PARAMS.contact },
    ]);
  });
});

it('alarms are at most eight', () => {
  expect(ofType('AWS::CloudWatch::Alarm').length).toBeLessThanOrEqual(8);
});

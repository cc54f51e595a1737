import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standingIn } from '../../bench/bill/deployed.ts';
import { METRICS } from '../../lib/reporting/notices/rules/measure.ts';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';

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

  it('of every queue are in one, which the alarm watches', () => {
    expect(new Set(deadLetterQueues())).toEqual(new Set(['DeadLetters']));
    expect(resources.DeadLettersAlarm?.Properties).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } }],
    });
  });

  it('are told to the contact by mail', () => {
    expect(resources.DeadLettersAlarm?.Properties).toMatchObject({
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      Threshold: 1,
      TreatMissingData: 'ignore',
    });
    const subscriptions = ofType('AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    expect(subscriptions.filter(({ Protocol }) => Protocol !== 'sqs')).toEqual([
      { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: SAMPLE_PARAMS.contact },
    ]);
    // What is told to chats too; what SNS cannot hand over is a dead letter.
    const endpoint = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
    expect(subscriptions.filter(({ Protocol }) => Protocol === 'sqs')).toEqual([
      {
        TopicArn: { Ref: 'AlarmTopic' },
        Protocol: 'sqs',
        Endpoint: endpoint('ChatQueue'),
        RedrivePolicy: { deadLetterTargetArn: endpoint('DeadLetters') },
      },
    ]);
  });
});

const WEEK_SECONDS = 7 * 24 * 3600;
const alarms = () => ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
/** The metrics of ours that alarms watch, alone or in an expression. */
const own = (): { MetricName: string; Dimensions: object[] }[] =>
  alarms()
    .flatMap((alarm) => alarm.Metrics?.map(({ MetricStat }: Measured) => MetricStat?.Metric) ?? alarm)
    .filter((metric) => metric?.Namespace === 'Perennial');

describe('alarms', () => {
  it('are at most eight', () => {
    expect(alarms().length).toBeLessThanOrEqual(8);
  });

  it('each tell people when they come; not when a new one becomes OK', () => {
    for (const { AlarmActions, OKActions, InsufficientDataActions } of alarms()) {
      expect(AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      expect([OKActions, InsufficientDataActions]).toEqual([undefined, undefined]);
    }
  });

  it('each are told by notify when they are over, and only then', () => {
    const { EventPattern, EventBusName, Targets } = resources.AlarmOverRule?.Properties ?? {};
    expect(EventBusName).toBeUndefined();
    expect(EventPattern).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: {
        alarmName: expect.any(Array),
        state: { value: ['OK'] },
        previousState: { value: ['ALARM'] },
      },
    });
    expect(EventPattern.detail.alarmName.sort()).toEqual(
      alarms()
        .map(({ AlarmName }) => AlarmName)
        .sort(),
    );
    expect(Targets).toMatchObject([{ Arn: { 'Fn::GetAtt': ['NotifyQueue', 'Arn'] } }]);
  });

  it('each look back for a week at most, as CloudWatch has it', () => {
    for (const { AlarmName, Period, Metrics, EvaluationPeriods } of alarms()) {
      const period = Period ?? Metrics.find(({ MetricStat }: Measured) => MetricStat).MetricStat.Period;
      expect(period * EvaluationPeriods, AlarmName).toBeLessThanOrEqual(WEEK_SECONDS);
    }
  });

  it('each point to their paragraph', async () => {
    const headings = anchorsOf(await readFile(join(PROJECT, 'docs/operations.md'), 'utf8'));
    for (const { AlarmDescription } of alarms()) {
      const [, anchor] = /docs\/operations\.md#(\S+)$/.exec(AlarmDescription) ?? [];
      expect(headings, AlarmDescription).toContain(anchor);
    }
  });

  it('know that a check came through by what AWS counts of a rule for checks alone, and of the queue that it goes to', () => {
    const { Name, EventBusName, EventPattern, Targets } = resources.CheckedRule?.Properties ?? {};
    expect(EventPattern).toEqual({ source: ['perennial'], 'detail-type': ['Certificates Checked'] });
    expect(Targets).toMatchObject([{ Arn: { 'Fn::GetAtt': ['NotifyQueue', 'Arn'] } }]);
    expect(resources.NotifyRule?.Properties.EventPattern['detail-type']).not.toContain(
      'Certificates Checked',
    );
    const metrics = resources.HeartbeatAlarm?.Properties.Metrics.flatMap(
      ({ MetricStat }: Measured) => MetricStat?.Metric ?? [],
    );
    expect(metrics).toEqual([
      {
        Namespace: 'AWS/Events',
        MetricName: 'Invocations',
        Dimensions: [
          { Name: 'EventBusName', Value: EventBusName },
          { Name: 'RuleName', Value: Name },
        ],
      },
      {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['NotifyQueue', 'QueueName'] } }],
      },
    ]);
  });

  it('watch metrics that there are, of this stage', () => {
    for (const { MetricName, Dimensions } of own()) {
      expect(Object.keys(METRICS)).toContain(MetricName);
      expect(Dimensions).toEqual([{ Name: 'service', Value: 'perennial-production' }]);
    }
  });

  it('watch the errors of every function that runs by itself, as one metric', () => {
    const filters = ofType('AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
    const byHand = ['Doctor', 'Revoke', 'Account'].map((name) => `${name}LogGroup`);
    const all = ofType('AWS::Logs::LogGroup').map(([id]) => id);
    expect(filters.map(({ LogGroupName }) => LogGroupName.Ref).sort()).toEqual(
      all.filter((id) => !byHand.includes(id)).sort(),
    );
    const { Namespace: MetricNamespace, MetricName } = resources.FunctionErrorsAlarm?.Properties ?? {};
    for (const { MetricTransformations } of filters)
      expect(MetricTransformations).toEqual([{ MetricNamespace, MetricName, MetricValue: '1' }]);
    expect(MetricNamespace).toBe('Perennial/production');
  });

  it.each([
    // As Lambda writes them, and the handlers of functions.
    ['2026-11-20T02:00:00.000Z 52fdfc07-2182 Task timed out after 840.05 seconds', true],
    [
      'REPORT RequestId: 52fdfc07-2182\tDuration: 10935.70 ms\tStatus: error\tError Type: Runtime.OutOfMemory',
      true,
    ],
    ['REPORT RequestId: 52fdfc07-2182\tDuration: 840000.00 ms\tStatus: timeout', true],
    [
      'INIT_REPORT Init Duration: 154.03 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError',
      true,
    ],
    ['{"level":"ERROR","message":"invocation failed","failure":{"reason":"store-unavailable"}}', true],
    ['{"level":"ERROR","message":"message failed","failure":{"reason":"store-unavailable"}}', false],
    [
      'REPORT RequestId: 52fdfc07-2182\tDuration: 10.20 ms\tBilled Duration: 11 ms\tMemory Size: 256 MB',
      false,
    ],
    ['{"level":"INFO","message":"renewal ended","certificate":{"name":"a","outcome":"renewed"}}', false],
  ])('take %j for an error: %s', (line, expected) => {
    for (const [, { Properties }] of ofType('AWS::Logs::MetricFilter')) {
      // Any of these terms (CloudWatch Logs user guide, "Filter pattern syntax").
      const terms = [...Properties.FilterPattern.matchAll(/\?"([^"]+)"/g)].map(([, term]) => term as string);
      expect(terms.map((term) => `?"${term}"`).join(' ')).toBe(Properties.FilterPattern);
      expect(terms.some((term) => line.includes(term))).toBe(expected);
    }
  });
});

it('a dashboard is there on request only, and shows every metric, and no other of ours', async () => {
  expect(Object.values(resources).map(({ Type }) => Type)).not.toContain('AWS::CloudWatch::Dashboard');
  const params = { ...SAMPLE_PARAMS, dashboard: 'true' };
  const { Dashboard } = await readTemplate(
    await packageStack({ stage: 'production', folder: join(folder, 'dashboard'), params }),
  );
  const body: string = Dashboard?.Properties.DashboardBody['Fn::Sub'];
  const shown = JSON.parse(body).widgets.flatMap(
    ({ properties }: { properties: { metrics: [string, string][] } }) =>
      properties.metrics.flatMap(([namespace, name]) => (namespace === 'Perennial' ? [name] : [])),
  );
  expect(shown.sort()).toEqual(Object.keys(METRICS).sort());
});

it('docs/operate/alarms.md has what each stands on, and what that costs', async () => {
  const rows = (await readFile(join(PROJECT, 'docs/operate/alarms.md'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('| [`'));
  const expected = alarms().map((alarm) => {
    const name = alarm.AlarmName.replace('perennial-production-', '');
    const metrics: { Namespace: string; MetricName: string }[] = alarm.Metrics?.flatMap(
      ({ MetricStat }: Measured) => MetricStat?.Metric ?? [],
    ) ?? [alarm];
    const texts = metrics.map((metric) =>
      `\`${metric.Namespace} ${metric.MetricName}\``.replace('production', '<stage>'),
    );
    const each = [...new Set(texts)].map((text) => {
      const count = texts.filter((other) => other === text).length;
      return count > 1 ? `${text} × ${count}` : text;
    });
    return `| [\`${name}\`](../operations.md#${name}) | ${each.join(', ')} | ${(0.1 * metrics.length).toFixed(2)} |`;
  });
  expect(rows.map((row) => row.split('|').slice(0, 4).join('|').concat('|')).sort()).toEqual(expected.sort());
});

it('the bill in docs/inside/benchmark.md counts what the template has', async () => {
  const { bill } = JSON.parse(await readFile(join(PROJECT, 'bench/results.json'), 'utf8'));
  expect(bill.usage.standing).toEqual(standingIn(resources));
});

/** Headings as anchors, as GitHub makes them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );
}

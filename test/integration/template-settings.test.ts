import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StackEvent } from '../../lib/foundation/events/events.ts';
import { matchesPattern } from '../../local/events/pattern.ts';
import { resolve } from '../../local/iam/template-policies.ts';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/workloads';
const TAGS = { team: 'platform' };
let folder: string;
let resources: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-settings-'));
  const params = { ...SAMPLE_PARAMS, permissionsBoundary: BOUNDARY, tags: JSON.stringify(TAGS) };
  resources = await readTemplate(await packageStack({ stage: 'production', folder, params }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const ours = (type: string) => ({ source: 'perennial', 'detail-type': type, detail: {} });
const file = (bucket: string, key: string) => ({
  ...{ source: 'aws.s3', 'detail-type': 'Object Created' },
  detail: { bucket: { name: bucket }, object: { key } },
});
const command = (documentName: string, status: string) => ({
  ...{ source: 'aws.ssm', 'detail-type': 'EC2 Command Invocation Status-change Notification' },
  detail: { 'document-name': documentName, status },
});
const elsewhere = (event: { source: string }) => ({ ...event, source: 'somebody.else' });

describe('a rule', () => {
  it.each<[string, boolean, object]>([
    ['RenewRule', true, ours('Renewal Due')],
    ['RenewRule', false, elsewhere(ours('Renewal Due'))],
    ['RenewRule', false, ours('Certificate Renewed')],
    ['DeployRule', true, ours('Deployment Due')],
    ['DeployRule', false, elsewhere(ours('Deployment Due'))],
    ['AcmRule', true, ours('Import Due')],
    ['AcmRule', false, elsewhere(ours('Import Due'))],
    ['ProbeRule', true, ours('Certificate Deployed')],
    ['ProbeRule', true, ours('Probe Due')],
    ['ProbeRule', false, elsewhere(ours('Probe Due'))],
    ['FilesRule', true, file('Bucket', 'renewal/example.com.json')],
    ['FilesRule', false, file('other', 'renewal/example.com.json')],
    ['FilesRule', false, file('Bucket', 'live/example.com.json')],
    ...['Success', 'Failed', 'TimedOut', 'Cancelled'].map((status): [string, boolean, object] => [
      'ConfirmRule',
      true,
      command('InstallDocument', status),
    ]),
    ['ConfirmRule', false, command('InstallDocument', 'InProgress')],
    ['ConfirmRule', false, command('AWS-RunShellScript', 'Success')],
  ])('%s takes what it is for, and nothing else: %s, %o', (rule, takes, event) => {
    const pattern = resolve(resources, resources[rule]?.Properties.EventPattern);
    expect(matchesPattern(pattern, event)).toBe(takes);
  });

  it('of ours listens to the own bus, so that stages do not meet', () => {
    for (const rule of ['RenewRule', 'DeployRule', 'AcmRule', 'ProbeRule', 'NotifyRule', 'CheckedRule'])
      expect(resources[rule]?.Properties.EventBusName, rule).toEqual({ 'Fn::GetAtt': ['Bus', 'Name'] });
  });

  it('takes every event that people are told of to notify, once: a check by a rule of its own, which counts them', () => {
    const patterns = ['NotifyRule', 'CheckedRule'].map((rule) =>
      resolve(resources, resources[rule]?.Properties.EventPattern),
    );
    const rulesFor = (type: string) =>
      patterns
        .map((pattern, index) => (matchesPattern(pattern, ours(type)) ? index : -1))
        .filter((index) => index >= 0);
    for (const type of Object.keys(WHAT_NOTIFY_HEARS))
      expect(rulesFor(type), type).toEqual([type === 'Certificates Checked' ? 1 : 0]);
    expect(rulesFor('Renewal Due')).toEqual([]);
    expect(resources.CheckedRule?.Properties.Targets).toMatchObject([
      { Arn: { 'Fn::GetAtt': ['NotifyQueue', 'Arn'] } },
    ]);
  });
});

/** Work that is due tells nobody; every fact does. The compiler holds it to the events that there are. */
type Fact = Exclude<StackEvent['type'], `${string} Due`>;
const WHAT_NOTIFY_HEARS: Record<Fact, true> = {
  'Certificate Renewed': true,
  'Certificate Renewal Failed': true,
  'Certificate Revoked': true,
  'Renewal File Rejected': true,
  'Certificate Deployed': true,
  'Certificate Deployment Failed': true,
  'Deployment Window Overridden': true,
  'Certificate Restored': true,
  'Certificate Pin Ended': true,
  'Certificate Imported': true,
  'Certificate Import Failed': true,
  'Site Probed': true,
  'Object Set Aside': true,
  'Certificates Checked': true,
};

describe('the bucket', () => {
  interface Rule {
    Status: string;
    Prefix?: string;
    ExpirationInDays?: number;
    NoncurrentVersionExpiration?: { NoncurrentDays: number };
  }
  const rules = (): Rule[] => resources.Bucket?.Properties.LifecycleConfiguration.Rules;
  const active = () => rules().filter(({ Status }) => Status === 'Enabled');

  it('does not keep for ever what held a key and was replaced, removed or set aside', () => {
    const replaced = active().filter(({ Prefix }) => Prefix === undefined);
    const days = replaced.flatMap(({ NoncurrentVersionExpiration: old }) => old?.NoncurrentDays ?? []);
    expect(days).toEqual([90]);
    const expiring = active().filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
    expect(expiring).toMatchObject([{ Prefix: 'aside/', ExpirationInDays: 90 }]);
  });
});

it('all functions keep their logs for as long as the documentation says', () => {
  const groups = ofType('AWS::Logs::LogGroup');
  expect(groups).toHaveLength(12);
  for (const [id, { Properties }] of groups) expect(Properties.RetentionInDays, id).toBe(90);
});

it('a host is done before a command of it ends, which ends before the function that waits for it', () => {
  const [step] = resources.InstallDocument?.Properties.Content.mainSteps ?? [];
  const { Timeout } = resources.DeployLambdaFunction?.Properties ?? {};
  expect(Number(step.inputs.timeoutSeconds)).toBeLessThanOrEqual(Timeout);
});

it("the organization's tags are on the stack, and its boundary on every role", async () => {
  for (const [id, { Properties }] of ofType('AWS::IAM::Role'))
    expect(Properties.PermissionsBoundary, id).toBe(BOUNDARY);
  const { service } = JSON.parse(await readFile(join(folder, 'serverless-state.json'), 'utf8'));
  expect(service.provider.stackTags).toEqual(TAGS);
});

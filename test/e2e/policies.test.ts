import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactParameter } from '../../lib/issuance/ca/rules/account-parameter.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { putRenewalFiles, seedBucket, startScenario } from '../../local/demo/scenario.ts';
import type { Call } from '../../local/gateway/call-log.ts';
import { managedPolicy, policiesOfRole } from '../../local/iam/deployed-policies.ts';
import { type Judgement, judgeCalls } from '../../local/iam/judge-calls.ts';
import type { Policy } from '../../local/iam/policy.ts';
import { bucketPolicyOf } from '../../local/iam/template-policies.ts';
import { DeployedLine } from './deployed-line.ts';

/** Who may do anything: the person that deploys and invokes, the tests and the demo. */
const PEOPLE = ['user', 'test', 'demo'];

const callsOf = ({ calls }: LocalCloud) => calls.calls.filter(({ principal }) => !PEOPLE.includes(principal));

/** The deployed policies of a function's role, or of the group of `host/<id>`. */
function deployedPolicies({
  endpoint,
  hosts,
  outputs,
}: LocalCloud): (principal: string) => Promise<Policy[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials });
  const known = new Map<string, Promise<Policy[]>>();
  const read = async (principal: string): Promise<Policy[]> => {
    if (principal.includes(':role/')) return policiesOfRole(iam, principal);
    const group = hosts.get(principal.replace('host/', ''))?.tags['perennial-group'];
    if (group !== 'web') throw new Error(`${principal} has no policy: neither a role nor a host of a group`);
    return [await managedPolicy(iam, (await outputs()).HostsWebPolicy ?? '')];
  };
  return (principal) => {
    const policies = known.get(principal) ?? read(principal);
    known.set(principal, policies);
    return policies;
  };
}

/** The bucket's own policy of the deployed template, with the names that the stack's resources got; moto keeps none. */
async function deployedBucketPolicy({ endpoint }: LocalCloud): Promise<unknown> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const cloudFormation = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials });
  const StackName = 'perennial-local';
  const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  cloudFormation.destroy();
  const named = new Map(StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
  const text = JSON.stringify(bucketPolicyOf(JSON.parse(TemplateBody).Resources));
  return JSON.parse(
    text.replace(/(?<=:role\/|:s3:::)\w+/g, (id) => named.get(id)?.replace(/^.*\//, '') ?? id),
  );
}

/** Everything that was allowed, as `who action`, each once. */
function deeds({ allowed }: Judgement): string[] {
  const short = (principal: string) =>
    principal.startsWith('host/') ? 'host' : (/-(\w+)Role-/.exec(principal)?.[1] ?? principal);
  return [...new Set(allowed.map(({ principal, asked }) => `${short(principal)} ${asked.action}`))].sort();
}

const EVERY_RUN = [
  'Chat s3:ListBucket',
  'Chat sns:Publish',
  'Confirm events:PutEvents',
  'Confirm s3:GetObject',
  'Confirm s3:PutObject',
  'Confirm ssm:GetCommandInvocation',
  'Deploy s3:GetObject',
  'Deploy ssm:DescribeInstanceInformation',
  'Deploy ssm:GetCommandInvocation',
  'Deploy ssm:SendCommand',
  'Notify s3:GetObject',
  'Notify s3:PutObject',
  'Notify sns:Publish',
  'Renew events:PutEvents',
  'Renew route53:ChangeResourceRecordSets',
  'Renew route53:GetChange',
  'Renew route53:ListResourceRecordSets',
  'Renew s3:DeleteObject',
  'Renew s3:GetObject',
  'Renew s3:ListBucket',
  'Renew s3:PutObject',
  'Renew s3:PutObjectTagging',
  'Renew ssm:GetParameter',
  'Scan events:PutEvents',
  'Scan route53:ListHostedZones',
  'Scan s3:GetObject',
  'Scan s3:ListBucket',
  'Scan ssm:DescribeInstanceInformation',
  'Status s3:GetObject',
  'Status s3:ListBucket',
  'Status s3:PutObject',
  'host s3:GetObject',
];

/** The hourly check asks the CA when to renew, and remembers it. */
const HOURLY_CHECK = ['Scan s3:PutObject'];

/** A chat that is down: its message comes again. */
const CHAT_DOWN = ['Chat s3:GetObject', 'Chat sqs:SendMessage'];

/** A part of an account that is taken over. */
const TAKEN_OVER = ['Renew ssm:DeleteParameter'];

/** The plan looks for our account, whose standing records it shows; at a CA where there is none, in Parameter Store too. */
const PLAN = ['Scan ssm:DescribeParameters'];

const DIAGNOSIS = [
  'Doctor route53:GetHostedZone',
  'Doctor route53:ListHostedZones',
  'Doctor route53:ListResourceRecordSets',
  'Doctor s3:GetObject',
  'Doctor s3:ListBucket',
  'Doctor ssm:DescribeInstanceInformation',
  'Doctor ssm:DescribeParameters',
];

describe('the whole line on its deployed policies', () => {
  let line: DeployedLine;
  let policiesOf: (principal: string) => Promise<Policy[]>;
  let judgement: Judgement;
  let bucketPolicy: unknown;

  beforeAll(async () => {
    const sites = [{ serverName: 'example.com', lineage: 'example.com' }];
    const host = (id: string) => ({ id, tags: { 'perennial-group': 'web' }, sites });
    line = await DeployedLine.start({ hosts: [host('i-00000000000000001'), host('mi-00000000000000002')] });
    policiesOf = deployedPolicies(line.cloud);
    bucketPolicy = await deployedBucketPolicy(line.cloud);
    await putForeignRecords();
    await putEarlierContact();
    await line.put('chats/ops.json', { kind: 'json', url: 'https://127.0.0.1:9/' });
    const wanted = { names: ['example.com', '*.example.com'], hosts: ['web'], profile: 'classic' };
    await line.putAndWait('example.com', wanted);
    await line.scan({ start: 'force', names: ['example.com'] });
    await line.idle();
    await line.putAndWait('fails', { names: ['fails.example.com'], profile: 'classic' });
    await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await line.idle();
    await line.cloud.parts.aws.functions.invoke('perennial-local-doctor', '{}');
    await line.putAndWait('example.com', { ...wanted, hosts: [] });
    await line.cloud.fireSchedule((expression) => expression.startsWith('cron'));
    await line.idle();
    const standing = { names: ['standing.example.com'], challenge: 'dns-persist-01', caa: { mode: 'off' } };
    await line.putAndWait('standing', { ...standing, ca: 'https://127.0.0.1:1/directory' });
    await line.scan({ start: 'plan' });
    await line.idle();
    await line.cloud.parts.aws.functions.invoke('perennial-local-doctor', '{}');
    judgement = await judgeCalls(callsOf(line.cloud), policiesOf, bucketPolicy);
  });

  afterAll(() => line?.stop());

  /** A TXT that has to be kept beside the proof, and a CAA that no CA may pass over. */
  async function putForeignRecords(): Promise<void> {
    const set = (Name: string, Type: 'TXT' | 'CAA', Value: string) => ({
      Action: 'CREATE' as const,
      ResourceRecordSet: { Name, Type, TTL: 120, ResourceRecords: [{ Value }] },
    });
    const Changes = [
      set('_acme-challenge.example.com', 'TXT', '"theirs"'),
      set('fails.example.com', 'CAA', '128 unheardof "by CAs"'),
    ];
    await line.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: line.zoneId('example.com'),
        ChangeBatch: { Changes },
      }),
    );
  }

  /** Of a stack deployed before. */
  async function putEarlierContact(): Promise<void> {
    const { endpoint, directoryUrl } = line.cloud;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const ssm = new SSMClient({ endpoint, region: 'us-east-1', credentials });
    const Name = contactParameter(directoryUrl, '/perennial/local/acme-account');
    await ssm.send(new PutParameterCommand({ Name, Value: 'before@example.com', Type: 'SecureString' }));
    ssm.destroy();
  }

  it('makes no call that is denied, or of which it is not known what IAM is asked', () => {
    expect(judgement.refusal).toBeUndefined();
    expect(line.outcomes('example.com').filter(({ outcome }) => outcome === 'renewed')).toHaveLength(2);
  });

  it('has made all the calls that a renewal, an installation, a failure and a diagnosis take', () => {
    expect(deeds(judgement)).toEqual(
      expect.arrayContaining([
        ...EVERY_RUN,
        ...HOURLY_CHECK,
        ...CHAT_DOWN,
        ...TAKEN_OVER,
        ...PLAN,
        ...DIAGNOSIS,
      ]),
    );
  });

  it('is asked for each host and for the document by one command, and for TXT and CAA apart', () => {
    const asked = judgement.allowed.map((one) => one.asked);
    const sent = asked.filter(({ action }) => action === 'ssm:SendCommand').map(({ resource }) => resource);
    expect(sent.map((arn) => arn.split(':').slice(2, 6).join(':').replace(/\/.*/, ''))).toEqual(
      expect.arrayContaining([
        'ssm:us-east-1:123456789012:document',
        'ec2:us-east-1:123456789012:instance',
        'ssm:us-east-1:123456789012:managed-instance',
      ]),
    );
    const types = asked.map(({ context }) => context['route53:ChangeResourceRecordSetsRecordTypes']);
    expect(types).toContainEqual(['TXT']);
    expect(types).toContainEqual(['CAA']);
  });

  it.each([
    ['Deploy', 'ssm:SendCommand'],
    ['Renew', 'route53:ChangeResourceRecordSets'],
    ['host', 's3:GetObject'],
  ])('would be refused without what %s has for %s', async (who, action) => {
    const without = async (principal: string) => {
      const isTheirs = who === 'host' ? principal.startsWith('host/') : principal.includes(`-${who}Role-`);
      return isTheirs
        ? (await policiesOf(principal)).map((policy) => lacking(policy, action))
        : policiesOf(principal);
    };
    const { refusal } = await judgeCalls(callsOf(line.cloud), without);
    expect(refusal).toContain(`is denied: {"action":"${action}"`);
  });

  it('would be refused an account that another role opens', async () => {
    const [read] = callsOf(line.cloud).filter(
      ({ action, path }) => action === 'GetObject' && path.includes('/accounts/keys/'),
    );
    const stranger = { ...(read as Call), principal: 'arn:aws:iam::123456789012:role/stranger' };
    const mayAll = async () => [{ name: 'all', document: { Version: '2012-10-17', Statement: [ANYTHING] } }];
    expect((await judgeCalls([stranger], mayAll)).refusal).toBeUndefined();
    expect((await judgeCalls([stranger], mayAll, bucketPolicy)).refusal).toContain('is denied');
  });

  it('would be refused a call that nobody has thought of', async () => {
    const [call] = callsOf(line.cloud);
    const unheard: Call = { ...(call as Call), action: 'PutBucketPolicy', authorizations: undefined };
    const { refusal } = await judgeCalls([unheard], policiesOf);
    expect(refusal).toContain('PutBucketPolicy');
    expect(refusal).toContain('is not mapped');
  });
});

interface Statement {
  Action: string | string[];
}

/** The policy without its statements for an action. */
function lacking({ name, document }: Policy, action: string): Policy {
  const { Version, Statement } = document as { Version: string; Statement: Statement[] };
  const left = Statement.filter(({ Action }) => ![Action].flat().includes(action));
  // A policy must state something.
  return { name, document: { Version, Statement: left.length > 0 ? left : [NOTHING] } };
}

const ANYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };

const NOTHING = {
  Effect: 'Allow',
  Action: 'sqs:PurgeQueue',
  Resource: 'arn:aws:sqs:us-east-1:123456789012:none',
};

describe('the demo on its deployed policies', () => {
  let cloud: LocalCloud | undefined;

  afterAll(() => cloud?.stop());

  it('makes no call that is denied, or of which it is not known what IAM is asked', async () => {
    const scenario = await startScenario(() => undefined, { reusePackage: true });
    cloud = scenario.cloud;
    await cloud.deploy();
    await putRenewalFiles({ ...scenario, bucket: await seedBucket(scenario) });
    await cloud.fireSchedule((expression) => expression.startsWith('cron'));
    await cloud.idle(60_000);
    const judgement = await judgeCalls(
      callsOf(cloud),
      deployedPolicies(cloud),
      await deployedBucketPolicy(cloud),
    );
    expect(judgement.refusal).toBeUndefined();
    expect(deeds(judgement)).toEqual(expect.arrayContaining(EVERY_RUN));
  });
});

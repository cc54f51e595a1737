import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authorization } from '../../local/iam/authorization.ts';
import { isAllowed } from '../../local/iam/policy.ts';
import { bucketPolicyOf, policiesOf, type Resources, resolve } from '../../local/iam/template-policies.ts';
import { packageStack, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { roleTable } from './role-table.ts';

const ZONE_ROLE = 'arn:aws:iam::210987654321:role/dns';

/** Of the stack as packaged for production: domains example.com and example.net, host groups web and db. */
let resources: Resources;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-policies-'));
  const params = {
    ...SAMPLE_PARAMS,
    challengeTargets: 'proofs.example.org',
    hostGroups: '{"web":{"reload":"service"},"db":{"reload":"service"}}',
    zoneRoles: JSON.stringify({
      dns: { roleArn: ZONE_ROLE, readRoleArn: `${ZONE_ROLE}-read`, externalId: 'x-1' },
      open: { roleArn: `${ZONE_ROLE}-open` },
    }),
  };
  resources = await readTemplate(await packageStack({ stage: 'production', folder, params }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const assume = (arn: string, externalId?: string) =>
  asks('sts:AssumeRole', arn, externalId === undefined ? {} : { 'sts:ExternalId': externalId });
const SSM = 'arn:aws:ssm:us-east-1:123456789012';
const ROLES = [
  'ScanRole',
  'RenewRole',
  'DeployRole',
  'ConfirmRole',
  'AcmRole',
  'ProbeRole',
  'NotifyRole',
  'ChatRole',
  'DoctorRole',
  'RevokeRole',
  'StatusRole',
  'AccountRole',
];

it('has no other roles, and they may do what the table of docs/operate/security.md says', async () => {
  const roles = Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::IAM::Role');
  expect(roles.toSorted()).toEqual(ROLES.toSorted());
  const document = await readFile(join(PROJECT, 'docs/operate/security.md'), 'utf8');
  const [table] = document.match(/^\| role \|.*\n(\|.*\n)+/m) ?? [];
  expect(table).toBe(`${roleTable(resources, [...ROLES, 'HostsWebPolicy'])}\n`);
});

type Case = [verdict: 'may' | 'may not', what: string, asked: Authorization];

function asks(action: string, resource = '*', context: Authorization['context'] = {}): Authorization {
  return { action, resource, context };
}

const object = (key: string) => `arn:aws:s3:::Bucket/${key}`;
const get = (key: string) => asks('s3:GetObject', object(key));
const put = (key: string, context = {}) => asks('s3:PutObject', object(key), context);
const remove = (key: string) => asks('s3:DeleteObject', object(key));

const FOLDERS = [
  ...[
    'renewal',
    'live',
    'archive',
    'state',
    'pending',
    'orders',
    'limits',
    'pins',
    'revoked',
    'acm',
    'probes',
  ],
  ...['hosts', 'groups', 'accounts', 'account-urls', 'chats', 'notices', 'status', 'aside'],
];

/** A change batch, as `TYPE name` for each change. */
function changes(actions: string[], ...sets: string[]): Authorization {
  const key = 'route53:ChangeResourceRecordSets';
  const words = sets.map((set) => set.split(' '));
  const context = {
    [`${key}Actions`]: actions,
    [`${key}RecordTypes`]: [...new Set(words.map(([type = '']) => type))],
    [`${key}NormalizedRecordNames`]: words.map(([, name = '']) => name),
  };
  return asks('route53:ChangeResourceRecordSets', 'arn:aws:route53:::hostedzone/Z1', context);
}
const create = (...sets: string[]) => changes(['CREATE'], ...sets);

function without(asked: Authorization, ...keys: string[]): Authorization {
  const left = Object.entries(asked.context).filter(([key]) => !keys.some((end) => key.endsWith(end)));
  return { ...asked, context: Object.fromEntries(left) };
}

const sendDocument = (arn: string) => asks('ssm:SendCommand', arn);
const sendTo = (arn: string, group?: string) =>
  asks('ssm:SendCommand', arn, group === undefined ? {} : { 'ssm:resourceTag/perennial-group': group });
const INSTANCE = 'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0';
const MANAGED = `${SSM}:managed-instance/mi-0123456789abcdef0`;

const ACCOUNT_OBJECT = 'accounts/keys/acme-v02.api.letsencrypt.org-1a2b3c4d.json';
const EAB_OBJECT = 'accounts/eab/acme.zerossl.com.json';
const ADDRESS = 'account-urls/acme-v02.api.letsencrypt.org-1a2b3c4d.json';
const parameter = (action: string, name: string) => asks(`ssm:${action}`, `${SSM}:parameter${name}`);
const EAB_PARAMETER = '/perennial/production/eab/acme.zerossl.com';
const ACCOUNT_PARAMETER = '/perennial/production/acme-account/acme-v02.api.letsencrypt.org-1a2b3c4d';
const onlyNew = { 's3:if-none-match': '*' };
const tagged = (key: string, tag: string, value: string) =>
  asks('s3:PutObjectTagging', object(key), {
    's3:RequestObjectTagKeys': [tag],
    [`s3:RequestObjectTag/${tag}`]: value,
  });

const ASSOCIATION = `${SSM}:association/0a1b2c3d-0000-4000-8000-000000000000`;
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:AlarmTopic';
const certificate = 'arn:aws:acm:eu-central-1:123456789012:certificate/1';
const CERTIFICATES = 'arn:aws:acm:eu-central-1:123456789012:certificate/*';
const acmTags = (tags: Record<string, string>) => ({
  'aws:TagKeys': Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
});
const ours = { 'perennial-bucket': 'Bucket', 'perennial-name': 'example.com' };

const version = 'archive/example.com/20261120T184502Z-3f9a2c';
const keys = [`${version}/privkey.pem`, 'live/example.com/privkey.pem', 'live/example.com/bundle.pem'];
const noKeys = [
  ...[...keys, 'pending/example.com.json', ACCOUNT_OBJECT, EAB_OBJECT].map(
    (key): Case => ['may not', `read ${key}`, get(key)],
  ),
  ...[ACCOUNT_PARAMETER, EAB_PARAMETER].map(
    (name): Case => ['may not', `read ${name}`, parameter('GetParameter', name)],
  ),
];
const noCommands: Case[] = [
  ['may not', 'send the document', sendDocument(`${SSM}:document/InstallDocument`)],
  ['may not', 'send to a host of its groups', sendTo(INSTANCE, 'web')],
];
const noRecords: Case[] = [
  ['may not', 'write a proof', create('TXT _acme-challenge.example.com')],
  ['may not', 'write a CAA', create('CAA example.com')],
];
const inHosts: Case[] = [
  ['may', 'read what a host serves', get('hosts/i-0123456789abcdef0.json')],
  ['may', 'write down what a host serves', put('hosts/i-0123456789abcdef0.json', onlyNew)],
  ['may not', 'remove what is written down', remove('hosts/i-0123456789abcdef0.json')],
  ['may', 'read what new hosts install', get('groups/web.json')],
  ['may not', 'write a renewal file', put('renewal/example.com.json')],
];

const CASES: Record<string, Case[]> = {
  ScanRole: [
    ['may', 'read a pin', get('pins/example.com.json')],
    ['may', 'remove a pin that has ended', remove('pins/example.com.json')],
    ['may not', 'write a pin', put('pins/example.com.json')],
    ['may', 'see what was issued for a set of names', get('orders/0a1b.json')],
    ['may not', 'take a lock', put('orders/0a1b.json', { 's3:if-none-match': '*' })],
    ['may', 'list the bucket', asks('s3:ListBucket', 'arn:aws:s3:::Bucket', { 's3:prefix': 'renewal/' })],
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', 'read a state', get('state/example.com.json')],
    ['may', 'read the index', get('index.json')],
    ['may', 'write the index', put('index.json')],
    ['may', 'read of which format the bucket is', get('format.json')],
    ['may', 'mark the bucket with its format', put('format.json')],
    ['may', "read a version's chain", get(`${version}/fullchain.pem`)],
    ['may not', 'read what was set aside', get('aside/pending/example.com.json.20261120T020000Z')],
    ['may', 'list the hosted zones', asks('route53:ListHostedZones')],
    [
      'may',
      'look which of several zones is delegated',
      asks('route53:GetHostedZone', 'arn:aws:route53:::hostedzone/Z1'),
    ],
    ['may', 'list the hosts', asks('ssm:DescribeInstanceInformation')],
    ['may', 'see which parameters there are', asks('ssm:DescribeParameters')],
    ['may', 'write what new hosts install', put('groups/web.json', { 's3:if-match': '"etag"' })],
    ['may', 'remove the list of a group that is gone', remove('groups/web.json')],
    ['may', 'remove the record of a host', remove('hosts/i-0123456789abcdef0.json')],
    ['may', 'remove the lock of an order', remove('orders/0a1b.json')],
    ['may', 'remove the limits of a CA', remove('limits/acme-v02.api.letsencrypt.org-1a2b3c4d.json')],
    ['may not', 'remove the index', remove('index.json')],
    ['may not', 'remove the mark of the format', remove('format.json')],
    ...['renewal', 'live', 'state', 'pending', 'revoked', 'acm'].map(
      (folder): Case => ['may not', `remove from ${folder}/`, remove(`${folder}/example.com.json`)],
    ),
    ['may not', 'remove a version', remove(`${version}/cert.pem`)],
    ['may not', 'write down what a host serves', put('hosts/i-0123456789abcdef0.json')],
    ...noKeys,
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may', "read the account's address", get(ADDRESS)],
    ['may not', "write the account's address", put(ADDRESS)],
    ...noRecords,
    ...noCommands,
  ],
  DoctorRole: [
    ['may', 'list the bucket', asks('s3:ListBucket', 'arn:aws:s3:::Bucket', { 's3:prefix': 'renewal/' })],
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', "read a host's record", get('hosts/i-0123456789abcdef0.json')],
    ['may', "read a version's chain", get(`${version}/fullchain.pem`)],
    ['may', 'read a state', get('state/example.com.json')],
    ['may', 'list the hosted zones', asks('route53:ListHostedZones')],
    ['may', 'look at a zone', asks('route53:GetHostedZone', 'arn:aws:route53:::hostedzone/Z1')],
    ['may', 'read records', asks('route53:ListResourceRecordSets', 'arn:aws:route53:::hostedzone/Z1')],
    ['may', 'list the hosts', asks('ssm:DescribeInstanceInformation')],
    ['may', 'find instances by their tag', asks('tag:GetResources')],
    ['may', 'see which parameters there are', asks('ssm:DescribeParameters')],
    ...noKeys,
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may', 'see who hears of trouble', asks('sns:ListSubscriptionsByTopic', TOPIC)],
    ['may not', 'tell anybody anything', asks('sns:Publish', TOPIC)],
    ['may', "read the account's address", get(ADDRESS)],
    ['may not', "write the account's address", put(ADDRESS)],
    ...noRecords,
    ...noCommands,
  ],
  AccountRole: [
    ['may', "read the CA's account", get(ACCOUNT_OBJECT)],
    ['may', "write the CA's account", put(ACCOUNT_OBJECT)],
    ['may', "write the account's address", put(ADDRESS)],
    ['may', 'remove the key of a rollover', remove(ACCOUNT_OBJECT.replace('.json', '-next.pem'))],
    ['may not', "remove the CA's account", remove(ACCOUNT_OBJECT)],
    ['may not', 'purge an old key', asks('s3:DeleteObjectVersion', object(ACCOUNT_OBJECT))],
    ['may', 'take over an account of before', parameter('DeleteParameter', ACCOUNT_PARAMETER)],
    ['may not', 'write a parameter', parameter('PutParameter', ACCOUNT_PARAMETER)],
    ['may not', "read an external account's key", get(EAB_OBJECT)],
    ['may not', "write an external account's key", put(EAB_OBJECT)],
    ['may not', 'take over an external account of before', parameter('GetParameter', EAB_PARAMETER)],
    ...[...keys, 'pending/example.com.json'].map((key): Case => ['may not', `read ${key}`, get(key)]),
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may not', 'write a pointer', put('live/example.com.json')],
    ...noRecords,
    ...noCommands,
  ],
  RevokeRole: [
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', "read a version's certificate", get(`${version}/cert.pem`)],
    ['may', 'write down what was revoked', put('revoked/example.com.json', onlyNew)],
    ['may', "read the CA's account", get(ACCOUNT_OBJECT)],
    ['may not', "write the CA's account", put(ACCOUNT_OBJECT)],
    ['may', 'read an account of before', parameter('GetParameter', ACCOUNT_PARAMETER)],
    ['may not', 'remove an account of before', parameter('DeleteParameter', ACCOUNT_PARAMETER)],
    ['may not', "read an external account's key", get(EAB_OBJECT)],
    ['may not', 'read an external account of before', parameter('GetParameter', EAB_PARAMETER)],
    ...[...keys, 'pending/example.com.json'].map((key): Case => ['may not', `read ${key}`, get(key)]),
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'remove a version', remove(`${version}/cert.pem`)],
    ...noRecords,
    ...noCommands,
  ],
  StatusRole: [
    ['may', 'see who hears of trouble', asks('sns:ListSubscriptionsByTopic', TOPIC)],
    ['may not', 'tell anybody anything', asks('sns:Publish', TOPIC)],
    ['may', 'list the bucket', asks('s3:ListBucket', 'arn:aws:s3:::Bucket', { 's3:prefix': 'renewal/' })],
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', 'read a state', get('state/example.com.json')],
    ['may', 'read what a host serves', get('hosts/i-0123456789abcdef0.json')],
    ['may', "read a version's chain", get(`${version}/fullchain.pem`)],
    ['may', 'read the index', get('index.json')],
    ['may', 'write its page', put('status/index.html')],
    ['may', 'write a part of it', put('status/part-2.html')],
    ['may', 'remove a part of it', remove('status/part-2.html')],
    ['may', 'write the same for Prometheus', put('status/metrics.prom')],
    ...noKeys,
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may not', 'write another page', put('status/other.html')],
    ['may not', 'write the index', put('index.json')],
    ['may not', 'remove its page', remove('status/index.html')],
    ['may not', 'remove what Prometheus reads', remove('status/metrics.prom')],
    ...noRecords,
    ...noCommands,
  ],
  RenewRole: [
    ['may', 'read a pin', get('pins/example.com.json')],
    ['may not', 'write a pin', put('pins/example.com.json')],
    ['may', 'read what was revoked', get('revoked/example.com.json')],
    ['may not', 'write down what was revoked', put('revoked/example.com.json')],
    [
      'may',
      'look which of several zones is delegated',
      asks('route53:GetHostedZone', 'arn:aws:route53:::hostedzone/Z1'),
    ],
    ['may', 'write a proof', create('TXT _acme-challenge.example.com')],
    [
      'may',
      'swap proofs of names below',
      changes(['DELETE', 'CREATE'], 'TXT _acme-challenge.a.b.example.com', 'TXT _acme-challenge.example.net'),
    ],
    ['may', 'write a proof at a challenge target', create('TXT proofs.example.org')],
    ['may', 'write a CAA at a domain', create('CAA example.com')],
    ['may', 'swap a CAA below a domain', changes(['DELETE', 'CREATE'], 'CAA www.example.com')],
    ['may not', 'write a proof below a challenge target', create('TXT a.proofs.example.org')],
    ['may not', 'write a CAA at a challenge target', create('CAA proofs.example.org')],
    ['may not', 'write an A', create('A www.example.com')],
    ['may not', 'write an A at a challenge name', create('A _acme-challenge.example.com')],
    ['may not', 'write a CNAME at a challenge name', create('CNAME _acme-challenge.example.com')],
    ['may not', 'delete the NS of a domain', changes(['DELETE'], 'NS example.com')],
    ['may not', 'delete the NS of a sub-zone', changes(['DELETE'], 'NS sub.example.com')],
    ['may not', 'UPSERT a proof', changes(['UPSERT'], 'TXT _acme-challenge.example.com')],
    ['may not', 'UPSERT a CAA', changes(['UPSERT'], 'CAA example.com')],
    ['may not', 'UPSERT beside a CREATE', changes(['CREATE', 'UPSERT'], 'TXT _acme-challenge.example.com')],
    ['may not', 'write a TXT at a domain', create('TXT example.com')],
    ['may not', 'write a TXT below a domain', create('TXT _dmarc.example.com')],
    ['may not', 'write a TXT below a challenge name', create('TXT a._acme-challenge.example.com')],
    ['may not', 'write a TXT at a name that begins alike', create('TXT _acme-challenges.example.com')],
    ['may not', 'write a proof outside domains', create('TXT _acme-challenge.example.org')],
    ['may not', 'write a proof at a name that ends alike', create('TXT _acme-challenge.badexample.com')],
    ['may not', 'write a proof of a domain elsewhere', create('TXT _acme-challenge.example.com.example.org')],
    ['may not', 'write a CAA outside domains', create('CAA example.org')],
    ['may not', 'write a CAA above a domain', create('CAA com')],
    ['may not', 'write a CAA at a name that ends alike', create('CAA badexample.com')],
    [
      'may not',
      'mix TXT and CAA in a batch',
      create('TXT _acme-challenge.example.com', 'CAA _acme-challenge.example.com'),
    ],
    [
      'may not',
      'mix a name of others in',
      create('TXT _acme-challenge.example.com', 'TXT _acme-challenge.example.org'),
    ],
    ['may not', 'change records in a batch without names', without(create('TXT x'), 'Names')],
    ['may not', 'change records without types', without(create('TXT _acme-challenge.example.com'), 'Types')],
    [
      'may not',
      'change records without actions',
      without(create('TXT _acme-challenge.example.com'), 'Actions'),
    ],
    [
      'may not',
      'change records in a batch without anything',
      without(create('TXT x'), 'Names', 'Types', 'Actions'),
    ],
    ['may not', 'delete a zone', asks('route53:DeleteHostedZone', 'arn:aws:route53:::hostedzone/Z1')],
    ['may', 'look at a change', asks('route53:GetChange', 'arn:aws:route53:::change/C1')],
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'write a version', put(`${version}/privkey.pem`, onlyNew)],
    ['may', 'move a pointer', put('live/example.com.json', { 's3:if-match': '"etag"' })],
    ['may', 'write a copy', put('live/example.com/bundle.pem')],
    ['may', 'tag for the host groups', tagged(`${version}/privkey.pem`, 'perennial-groups', ':web:')],
    ['may', 'take back the tag', asks('s3:PutObjectTagging', object(`${version}/privkey.pem`))],
    ['may', 'read a claim', get('pending/example.com.json')],
    ['may', 'release a claim', remove('pending/example.com.json')],
    ['may', 'put a fence around an order', put('orders/0a1b.json', onlyNew)],
    ['may', 'take a fence down', remove('orders/0a1b.json')],
    ['may not', 'overwrite a version', put(`${version}/privkey.pem`)],
    ['may not', 'swap a version', put(`${version}/privkey.pem`, { 's3:if-match': '"etag"' })],
    ['may', 'remove a version', remove(`${version}/privkey.pem`)],
    ['may not', 'purge a removed version', asks('s3:DeleteObjectVersion', object(`${version}/privkey.pem`))],
    ['may', 'set an object aside', put('aside/live/example.com.json.20261120T020000Z')],
    ['may not', 'remove what was set aside', remove('aside/live/example.com.json.20261120T020000Z')],
    ...['live', 'acm', 'probes', 'revoked', 'pins', 'state'].map(
      (folder): Case => ['may', `remove from ${folder}/`, remove(`${folder}/example.com.json`)],
    ),
    ...[
      'renewal/example.com.json',
      'hosts/i-0123456789abcdef0.json',
      'limits/ca.test.json',
      'index.json',
    ].map((key): Case => ['may not', `remove ${key}`, remove(key)]),
    ['may not', 'purge a removed pointer', asks('s3:DeleteObjectVersion', object('live/example.com.json'))],
    ['may not', 'purge an old claim', asks('s3:DeleteObjectVersion', object('pending/example.com.json'))],
    ['may not', 'tag with anything else', tagged(`${version}/privkey.pem`, 'team', 'web')],
    ['may not', 'tag a renewal file', tagged('renewal/example.com.json', 'perennial-groups', ':web:')],
    ['may not', 'write a renewal file', put('renewal/example.com.json', onlyNew)],
    ['may not', 'write down what a host serves', put('hosts/i-0123456789abcdef0.json')],
    ['may', 'keep an account', put(ACCOUNT_OBJECT, onlyNew)],
    ['may', "write the account's address", put(ADDRESS)],
    ['may', "read an external account's key", get(EAB_OBJECT)],
    ['may not', 'remove an account', remove(ACCOUNT_OBJECT)],
    ['may not', "remove an external account's key", remove(EAB_OBJECT)],
    ['may not', 'read what was set aside', get('aside/pending/example.com.json.20261120T020000Z')],
    ['may', 'take over an account of before', parameter('DeleteParameter', ACCOUNT_PARAMETER)],
    ['may', 'take over an external account of before', parameter('GetParameter', EAB_PARAMETER)],
    ['may not', 'write a parameter', parameter('PutParameter', ACCOUNT_PARAMETER)],
    [
      'may not',
      'remove a parameter beside the accounts',
      parameter('DeleteParameter', '/perennial/production/other'),
    ],
    [
      'may not',
      "take another stage's account",
      parameter('DeleteParameter', '/perennial/staging/acme-account/a'),
    ],
    ['may not', 'read a parameter of others', parameter('GetParameter', '/database/password')],
    ...noCommands,
  ],
  DeployRole: [
    ['may', "read a version's chain", get(`${version}/fullchain.pem`)],
    ['may', 'send the document', sendDocument(`${SSM}:document/InstallDocument`)],
    ['may', 'send to an instance of a group', sendTo(INSTANCE, 'web')],
    ['may', 'send to a host outside EC2 of a group', sendTo(MANAGED, 'db')],
    ['may', 'send to all instances of a group', sendTo(INSTANCE.replace(/i-\w+$/, '*'), 'web')],
    ['may', 'look at a command', asks('ssm:GetCommandInvocation')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', 'write what new hosts install', put('groups/web.json', { 's3:if-match': '"etag"' })],
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'change the association of a group', asks('ssm:UpdateAssociation', ASSOCIATION)],
    ['may not', 'make an association', asks('ssm:CreateAssociation', `${SSM}:document/InstallDocument`)],
    ['may not', 'run AWS-RunShellScript', sendDocument(`${SSM}:document/AWS-RunShellScript`)],
    ['may not', 'run another document', sendDocument(`${SSM}:document/Other`)],
    ['may not', 'send to an instance without the tag', sendTo(INSTANCE)],
    ['may not', 'send to an instance with an empty tag', sendTo(INSTANCE, '')],
    ['may not', 'send to a host outside EC2 without the tag', sendTo(MANAGED)],
    ['may not', 'send to a group that is not one of its own', sendTo(INSTANCE, 'other')],
    ...inHosts,
    ...noKeys,
    ...noRecords,
  ],
  ProbeRole: [
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', 'keep what it saw', put('probes/example.com.json')],
    ...noKeys,
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may not', 'read what a host serves', get('hosts/i-0123456789abcdef0.json')],
    ['may not', 'import into ACM', asks('acm:ImportCertificate', CERTIFICATES, acmTags(ours))],
    ...noRecords,
    ...noCommands,
  ],
  ChatRole: [
    ['may', 'read where a chat is', get('chats/ops.json')],
    ['may', 'publish for Amazon Q', asks('sns:Publish', TOPIC.replace('AlarmTopic', 'ChatTopic'))],
    ['may not', 'mail people', asks('sns:Publish', TOPIC)],
    ['may not', 'put a chat', put('chats/ops.json')],
    ['may not', 'remove a chat', remove('chats/ops.json')],
    ['may not', 'read a renewal file', get('renewal/example.com.json')],
    ...noKeys,
    ...noRecords,
    ...noCommands,
  ],
  NotifyRole: [
    ['may not', 'read where a chat is', get('chats/ops.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read what ACM has', get('acm/example.com.json')],
    ['may', 'keep what it told', put('notices/memory.json', { 's3:if-match': '"etag"' })],
    ['may', 'tell people', asks('sns:Publish', TOPIC)],
    ['may not', 'tell them elsewhere', asks('sns:Publish', `${TOPIC}-other`)],
    ['may not', 'have itself told', asks('sns:Subscribe', TOPIC)],
    ...noKeys,
    ['may not', 'read a state', get('state/example.com.json')],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may not', 'write what ACM has', put('acm/example.com.json')],
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'forget what it told', remove('notices/memory.json')],
    ...noRecords,
    ...noCommands,
  ],
  AcmRole: [
    ['may', "read a version's key", get(`${version}/privkey.pem`)],
    ['may', 'read a renewal file', get('renewal/example.com.json')],
    ['may', 'read a pointer', get('live/example.com.json')],
    ['may', 'keep its record', put('acm/example.com.json', { 's3:if-match': '"etag"' })],
    ['may', 'look at the tags of a certificate', asks('acm:ListTagsForCertificate', certificate)],
    ['may', 'import anew with its tags', asks('acm:ImportCertificate', CERTIFICATES, acmTags(ours))],
    ['may', 'tag a new import', asks('acm:AddTagsToCertificate', CERTIFICATES, acmTags(ours))],
    [
      'may',
      'import over its own',
      asks('acm:ImportCertificate', certificate, { 'aws:ResourceTag/perennial-bucket': 'Bucket' }),
    ],
    ['may not', "import over another's", asks('acm:ImportCertificate', certificate)],
    [
      'may not',
      "import over another stack's",
      asks('acm:ImportCertificate', certificate, { 'aws:ResourceTag/perennial-bucket': 'other' }),
    ],
    [
      'may not',
      "import as another stack's",
      asks('acm:ImportCertificate', CERTIFICATES, acmTags({ 'perennial-bucket': 'other' })),
    ],
    [
      'may not',
      'import with a further tag',
      asks('acm:ImportCertificate', CERTIFICATES, acmTags({ ...ours, team: 'web' })),
    ],
    ['may not', 'take an import out', asks('acm:DeleteCertificate', certificate)],
    ['may not', 'get a private key out of ACM', asks('acm:ExportCertificate', certificate)],
    ['may not', 'write a pointer', put('live/example.com.json')],
    ['may not', 'write a version', put(`${version}/privkey.pem`, onlyNew)],
    ['may not', 'write a renewal file', put('renewal/example.com.json')],
    ['may not', 'read a claim', get('pending/example.com.json')],
    ['may not', 'remove its record', remove('acm/example.com.json')],
    ...noRecords,
    ...noCommands,
  ],
  ConfirmRole: [
    ['may', 'look at a command', asks('ssm:GetCommandInvocation')],
    ['may', 'read what a command was about', asks('ssm:ListCommands')],
    ['may', "read what an association's run was about", asks('ssm:DescribeAssociation', ASSOCIATION)],
    ['may', 'see the runs of an association', asks('ssm:DescribeAssociationExecutions', ASSOCIATION)],
    ['may', 'see where their output is', asks('ssm:DescribeAssociationExecutionTargets', ASSOCIATION)],
    ['may not', 'start an association', asks('ssm:StartAssociationsOnce', ASSOCIATION)],
    ['may not', 'write what new hosts install', put('groups/web.json')],
    ['may not', 'read a pointer', get('live/example.com.json')],
    ...inHosts,
    ...noKeys,
    ...noRecords,
    ...noCommands,
  ],
};

it('may read a private key as RenewRole and AcmRole only', async () => {
  for (const role of ROLES) {
    const archived = await verdict(role, get(`${version}/privkey.pem`));
    const copied = await verdict(role, get('live/example.com/privkey.pem'));
    const reads = { RenewRole: ['may', 'may'], AcmRole: ['may', 'may not'] }[role] ?? ['may not', 'may not'];
    expect([archived, copied], role).toEqual(reads);
  }
});

it('may read what it may remove: S3 wants both for a conditional delete', async () => {
  // The parts of the status page are removed whatever they are by now.
  const removed = ROLES.filter((role) => role !== 'StatusRole').flatMap((role) =>
    FOLDERS.map((folder) => ({ role, key: `${folder}/example.com.json` })),
  );
  let count = 0;
  for (const { role, key } of removed) {
    if ((await verdict(role, remove(key))) !== 'may') continue;
    count += 1;
    expect(await verdict(role, get(key)), `${role} ${key}`).toBe('may');
  }
  expect(count).toBeGreaterThan(10);
});

async function verdict(id: string, asked: Authorization): Promise<Case[0]> {
  const asker = {
    principal: `arn:aws:iam::123456789012:role/${id}`,
    bucketPolicy: bucketPolicyOf(resources),
  };
  return (await isAllowed(policiesOf(resources, id), asked, asker)) ? 'may' : 'may not';
}

describe.each(Object.entries(CASES))('%s', (role, cases) => {
  it.each(cases)('%s %s', async (expected, _what, asked) => {
    expect(await verdict(role, asked)).toBe(expected);
  });
});

describe.each(ROLES)('%s, as every role,', (role) => {
  const document = `${SSM}:document/InstallDocument`;
  const lambda = 'arn:aws:lambda:us-east-1:123456789012:function:perennial-production-renew';
  const writesZones = role === 'RenewRole' ? 'may' : 'may not';
  const readsZones = ['ScanRole', 'DoctorRole'].includes(role) ? 'may' : 'may not';
  const cases: Case[] = [
    [writesZones, 'assume a zone role with its external id', assume(ZONE_ROLE, 'x-1')],
    [writesZones, 'assume a zone role that has none', assume(`${ZONE_ROLE}-open`)],
    [readsZones, 'assume the role that reads there', assume(`${ZONE_ROLE}-read`, 'x-1')],
    ['may not', 'assume the role that reads there without its external id', assume(`${ZONE_ROLE}-read`)],
    ['may not', 'assume a zone role without its external id', assume(ZONE_ROLE)],
    ['may not', 'assume a zone role with another external id', assume(ZONE_ROLE, 'x-2')],
    ['may not', 'assume another role of that account', assume(`${ZONE_ROLE}-admin`, 'x-1')],
    ['may not', 'assume a role of this account', assume('arn:aws:iam::123456789012:role/dns', 'x-1')],
    // These tell nobody.
    [
      ['NotifyRole', 'ChatRole', 'DoctorRole', 'StatusRole', 'AccountRole'].includes(role)
        ? 'may not'
        : 'may',
      "put events on the stack's bus",
      bus('Bus'),
    ],
    ['may not', 'put events on another bus', bus('default')],
    ...['UpdateDocument', 'UpdateDocumentDefaultVersion', 'DeleteDocument', 'ModifyDocumentPermission'].map(
      (action): Case => ['may not', `${action} on the document`, asks(`ssm:${action}`, document)],
    ),
    ['may not', 'create a document', asks('ssm:CreateDocument', document)],
    ...['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'AddPermission', 'InvokeFunction'].map(
      (action): Case => ['may not', `${action} on a function`, asks(`lambda:${action}`, lambda)],
    ),
    [
      'may not',
      'change its role',
      asks('iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/perennial-production-RenewRole'),
    ],
    ['may not', 'change who may use the bucket', asks('s3:PutBucketPolicy', 'arn:aws:s3:::Bucket')],
    ['may not', 'read another bucket', asks('s3:GetObject', 'arn:aws:s3:::other/renewal/example.com.json')],
  ];

  it.each(cases)('%s %s', async (expected, _what, asked) => {
    expect(await verdict(role, asked)).toBe(expected);
  });

  it('writes its own log and that of no other function', async () => {
    for (const other of ROLES) {
      const group = other.replace('Role', '').toLowerCase();
      const stream = `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/perennial-production-${group}:log-stream:a`;
      for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
        expect(await verdict(role, asks(action, stream)), `${action} of ${group}`).toBe(
          other === role ? 'may' : 'may not',
        );
      }
    }
  });
});

function bus(name: string): Authorization {
  return asks('events:PutEvents', `arn:aws:events:us-east-1:123456789012:event-bus/${name}`, {
    'events:source': ['perennial'],
  });
}

describe('a function that is fed from a queue', () => {
  it('may take messages from that queue and from no other', async () => {
    const polled = ofType('AWS::Lambda::EventSourceMapping').map((mapping) => ({
      role: roleOf(mapping),
      queue: String(resolve(resources, mapping.Properties?.EventSourceArn)),
      asks: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
    }));
    const looking = ofType('AWS::Lambda::Function').flatMap(({ Properties = {} }) => {
      const { Variables } = Properties.Environment as { Variables: Record<string, { Ref: string }> };
      const { Role } = Properties as { Role: { 'Fn::GetAtt': [string] } };
      if (Variables.QUEUE === undefined) return [];
      return {
        role: Role['Fn::GetAtt'][0],
        queue: String(resolve(resources, { 'Fn::GetAtt': [Variables.QUEUE.Ref, 'Arn'] })),
        asks: ['ReceiveMessage', 'DeleteMessage'],
      };
    });
    expect([polled.length, looking.length]).toEqual([2, 6]);
    const fed = [...polled, ...looking];
    for (const { role, queue: own, asks: actions } of fed)
      for (const { queue } of fed)
        for (const action of actions)
          expect(await verdict(role, asks(`sqs:${action}`, queue)), `${role}: ${action} on ${queue}`).toBe(
            queue === own ? 'may' : 'may not',
          );
  });
});

const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);

/** The logical id of the role of the function that a mapping feeds. */
function roleOf({ Properties = {} }: Resources[string]): string {
  const [id = ''] = (Properties.FunctionName as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  const role = resources[id]?.Properties?.Role as { 'Fn::GetAtt': string[] };
  return role['Fn::GetAtt'][0] ?? '';
}

describe('a host of the group web', () => {
  const asking = (action: string, key: string, groups?: string) =>
    asks(
      action,
      object(key),
      groups === undefined ? {} : { 's3:ExistingObjectTag/perennial-groups': groups },
    );
  const cases: Case[] = [
    ['may', 'read its pointer', asking('s3:GetObject', 'live/example.com.json', ':web:')],
    ['may', 'read its key', asking('s3:GetObject', `${version}/privkey.pem`, ':web:')],
    ['may', 'read a key that it shares', asking('s3:GetObject', `${version}/privkey.pem`, ':db:web:app:')],
    ['may not', "read another group's key", asking('s3:GetObject', `${version}/privkey.pem`, ':db:')],
    [
      'may not',
      'read a key of a group whose name begins alike',
      asking('s3:GetObject', `${version}/privkey.pem`, ':web-eu:'),
    ],
    [
      'may not',
      'read a key of a group whose name ends alike',
      asking('s3:GetObject', `${version}/privkey.pem`, ':eu-web:'),
    ],
    ['may', 'read what it installs when it is new', get('groups/web.json')],
    ['may not', "read another group's list", get('groups/db.json')],
    ['may not', 'write the list of its group', put('groups/web.json')],
    ['may not', 'read a key for no group', asking('s3:GetObject', `${version}/privkey.pem`)],
    ['may not', 'read a claim', asking('s3:GetObject', 'pending/example.com.json', ':web:')],
    ['may not', 'read a renewal file', asking('s3:GetObject', 'renewal/example.com.json', ':web:')],
    ['may not', 'write a key', put(`${version}/privkey.pem`, onlyNew)],
    ['may not', 'tag a key for itself', tagged(`${version}/privkey.pem`, 'perennial-groups', ':web:')],
    ['may not', 'list the bucket', asks('s3:ListBucket', 'arn:aws:s3:::Bucket')],
    ['may not', 'read an account', asking('s3:GetObject', ACCOUNT_OBJECT, ':web:')],
    ...noRecords,
    ...noCommands,
  ];

  it.each(cases)('%s %s', async (expected, _what, asked) => {
    expect(await verdict('HostsWebPolicy', asked)).toBe(expected);
  });
});

import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../local/iam/policy.ts';
import { type Resources, resolve } from '../../local/iam/template-policies.ts';

const require = createRequire(import.meta.url);
const bucketPolicy = require('../../resources/bucket-policy.cjs');
const subscriptions = require('../../resources/subscriptions.cjs');

const ACCOUNT = 'arn:aws:iam::123456789012:role';
const ADMIN = `${ACCOUNT}/admin`;
const [WEB, DB, BACKUP] = ['web', 'db', 'backup'].map((name) => `${ACCOUNT}/${name}-hosts`) as [
  string,
  string,
  string,
];
const STACK_ROLES = ['RenewRole', 'RevokeRole', 'AccountRole', 'AcmRole', 'ChatRole'];
const KEY = 'archive/shop/20261120T184502Z-3f9a2c/privkey.pem';

const variables = (values: Record<string, string>) => ({
  resolveVariable: async (name: string) => values[name],
});

/** Whether somebody may do so whose own policies allow everything. */
async function may(
  principal: string,
  key: string,
  more: { action?: string; groups?: string; hostRoles?: object } = {},
) {
  const { action = 's3:GetObject', groups, hostRoles = {} } = more;
  const made = await bucketPolicy(variables({ 'self:custom.params.hostRoles': JSON.stringify(hostRoles) }));
  const resources: Resources = {
    ...made.Resources,
    Bucket: { Type: 'AWS::S3::Bucket' },
    ...Object.fromEntries(STACK_ROLES.map((role) => [role, { Type: 'AWS::IAM::Role' }])),
  };
  const policy = resolve(resources, made.Resources.BucketPolicy.Properties.PolicyDocument);
  const everything = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  };
  const context = groups === undefined ? {} : { 's3:ExistingObjectTag/perennial-groups': groups };
  const asked = { action, resource: `arn:aws:s3:::Bucket/${key}`, context };
  return isAllowed([{ name: 'own', document: everything }], asked, { principal, bucketPolicy: policy });
}

describe("the bucket, whatever a principal's own policies allow,", () => {
  const SECRETS = [
    'accounts/keys/a.json',
    'accounts/eab/a.json',
    'pending/shop.json',
    'aside/live/shop.json',
    'chats/ops.json',
  ];

  it.each(SECRETS)(
    'refuses accounts, claims, chats and what was set aside to all but the roles that need them: %s',
    async (key) => {
      for (const action of ['s3:GetObject', 's3:GetObjectVersion'])
        expect(await may(ADMIN, key, { action })).toBe(false);
      const isChat = key.startsWith('chats/');
      expect(await may(`${ACCOUNT}/RenewRole`, key)).toBe(!isChat);
      expect(await may(`${ACCOUNT}/ChatRole`, key)).toBe(isChat);
      expect(await may(`${ACCOUNT}/AccountRole`, key)).toBe(key.startsWith('accounts/'));
      expect(await may(`${ACCOUNT}/AcmRole`, key)).toBe(false);
    },
  );

  it('refuses the addresses of chats to all but the role that posts there', async () => {
    const allowed = ['ADMIN', ...STACK_ROLES].map(async (role) =>
      (await may(`${ACCOUNT}/${role}`, 'chats/slack')) ? [role] : [],
    );
    expect((await Promise.all(allowed)).flat()).toEqual(['ChatRole']);
  });

  it('lets a pointer be read by whom its own policies let', async () => {
    expect(await may(ADMIN, 'live/shop.json')).toBe(true);
    expect(await may(ADMIN, 'live/shop.json', { hostRoles: { web: [WEB] } })).toBe(true);
  });

  describe('once it is told who serves certificates, refuses keys', () => {
    const hostRoles = { web: [WEB], db: [DB], '*': [BACKUP] };
    it.each([KEY, 'live/shop/privkey.pem', 'live/shop/bundle.pem'])('to all others: %s', async (key) => {
      const groups = ':web:';
      for (const action of ['s3:GetObject', 's3:GetObjectVersion'])
        expect(await may(ADMIN, key, { action, groups, hostRoles })).toBe(false);
      for (const role of ['RenewRole', 'AcmRole'])
        expect(await may(`${ACCOUNT}/${role}`, key, { groups, hostRoles }), role).toBe(true);
      expect(await may(WEB, key, { groups, hostRoles })).toBe(true);
      expect(await may(BACKUP, key, { groups, hostRoles })).toBe(true);
      expect(await may(DB, key, { groups, hostRoles })).toBe(false);
    });
  });
});

it('subscribes everybody, each by its protocol', async () => {
  const endpoints = [
    'you@example.com',
    'https://hooks.example.com/x',
    'arn:aws:sqs:us-east-1:123456789012:q',
  ];
  const { Resources } = await subscriptions(variables({ 'self:custom.params.notify': endpoints.join(',') }));
  const made = Object.values<{ Properties: { Protocol: string; Endpoint: string } }>(Resources);
  expect(made.map(({ Properties }) => [Properties.Protocol, Properties.Endpoint])).toEqual([
    ['email', endpoints[0]],
    ['https', endpoints[1]],
    ['sqs', endpoints[2]],
  ]);
});

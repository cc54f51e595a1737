import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../local/iam/policy.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { DEPLOYER_PLACE, HANDLER_PERMISSIONS } from '../fakes/handler-permissions.ts';

const text = Object.entries(DEPLOYER_PLACE).reduce(
  (policy, [word, value]) => policy.replaceAll(word, value),
  readFileSync(join(PROJECT, 'docs/start/deployer-policy.json'), 'utf8'),
);
const policies = [{ name: 'deployer', document: JSON.parse(text) }];
const may = (action: string, resource: string, context: Record<string, string> = {}) =>
  isAllowed(policies, { action, resource, context });

interface PolicyStatement {
  Action: string | string[];
}

const OWN = 'perennial-production-Thing-1A2B3C4D5E6F';
const OTHER = 'perennial-staging-Thing-1A2B3C4D5E6F';

describe("the deployer's policy of the documentation", () => {
  it.each(Object.entries(HANDLER_PERMISSIONS))(
    'lets CloudFormation make a %s of the stack, and no other',
    async (_, needed) => {
      for (const action of needed.actions) {
        // A mapping has no ARN before it is there.
        const own = action === 'lambda:CreateEventSourceMapping' ? '*' : needed.arn(OWN);
        expect(await may(action, own, needed.context), `${action} on ${own}`).toBe(true);
        if (needed.arn(OTHER) === needed.arn(OWN)) continue;
        expect(
          await may(action, needed.arn(OTHER), needed.context),
          `${action} on ${needed.arn(OTHER)}`,
        ).toBe(false);
      }
    },
  );

  it('lets nobody feed the functions of others', async () => {
    const context = { 'lambda:FunctionArn': 'arn:aws:lambda:eu-central-1:123456789012:function:billing' };
    expect(await may('lambda:CreateEventSourceMapping', '*', context)).toBe(false);
  });

  // State Manager asks for the document too, where an association is made or changed (Systems Manager user guide, "Working with
  // associations using IAM").
  it.each([
    ['may', OWN],
    ['may not', OTHER],
    ['may not', 'AWS-RunShellScript'],
  ])('%s have hosts run the document %s', async (verdict, name) => {
    for (const action of ['ssm:CreateAssociation', 'ssm:UpdateAssociation']) {
      const document = `arn:aws:ssm:eu-central-1:123456789012:document/${name}`;
      expect(await may(action, document), action).toBe(verdict === 'may');
    }
  });

  it.each([
    ['may', 'lambda', 'perennial-production-ScanRole-X'],
    ['may not', 'ec2', 'perennial-production-ScanRole-X'],
    ['may not', 'lambda', 'admin'],
  ])('%s pass to %s the role %s', async (verdict, service, role) => {
    const context = { 'iam:PassedToService': `${service}.amazonaws.com` };
    expect(await may('iam:PassRole', `arn:aws:iam::123456789012:role/${role}`, context)).toBe(
      verdict === 'may',
    );
  });

  it.each([
    ['may', 'perennial-production-serverlessdeploymentbucket-1a2b/serverless/x.zip'],
    ['may not', 'perennial-production-bucket-1a2b/archive/shop/v/privkey.pem'],
  ])('%s read and write %s', async (verdict, object) => {
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'])
      expect(await may(action, `arn:aws:s3:::${object}`), action).toBe(verdict === 'may');
  });

  it.each([
    'cloudformation:CreateStack',
    'cloudformation:UpdateStack',
    'cloudformation:DeleteStack',
    'cloudformation:CreateChangeSet',
    'cloudformation:ExecuteChangeSet',
    'cloudformation:DescribeStacks',
    'cloudformation:DescribeStackEvents',
    'cloudformation:DescribeStackResource',
    'cloudformation:ListStackResources',
  ])('lets Serverless %s its stack, and no other', async (action) => {
    const stack = (name: string) => `arn:aws:cloudformation:eu-central-1:123456789012:stack/${name}/1a2b`;
    expect(await may(action, stack('perennial-production'))).toBe(true);
    expect(await may(action, stack('perennial-production-2'))).toBe(false);
  });

  it('is bounded by a permissions boundary where its page says', async () => {
    const boundary = 'arn:aws:iam::123456789012:policy/workloads';
    const page = readFileSync(join(PROJECT, 'docs/start/deploying.md'), 'utf8');
    const [, listed = ''] =
      /"iam:PermissionsBoundary": "ARN" \} \}` to ([^.;]+?), and leave out/.exec(page) ?? [];
    const bounded = new Set([...listed.matchAll(/`(iam:\w+)`/g)].map(([, action]) => action));
    const Condition = { StringEquals: { 'iam:PermissionsBoundary': boundary } };
    const { Version, Statement } = JSON.parse(text) as { Version: string; Statement: PolicyStatement[] };
    const rewritten = Statement.flatMap((one) => {
      const actions = [one.Action].flat().filter((action) => action !== 'iam:DeleteRolePermissionsBoundary');
      const [free, held] = [false, true].map((isHeld) =>
        actions.filter((action) => bounded.has(action) === isHeld),
      );
      return [
        { ...one, Action: free },
        { ...one, Action: held, Condition },
      ].filter(({ Action }) => Action?.length);
    });
    const document = { Version, Statement: rewritten };
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(6_144);
    const resource = `arn:aws:iam::123456789012:role/${OWN}`;
    const mayThen = (action: string, context: Record<string, string>) =>
      isAllowed([{ name: 'bounded', document }], { action, resource, context });
    // What gives a role rights, or lets it out of its boundary (IAM user guide, "Permissions boundaries").
    for (const action of ['CreateRole', 'PutRolePolicy', 'AttachRolePolicy', 'PutRolePermissionsBoundary']) {
      const other = { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' };
      expect(await mayThen(`iam:${action}`, {}), action).toBe(false);
      expect(await mayThen(`iam:${action}`, other), action).toBe(false);
      expect(await mayThen(`iam:${action}`, { 'iam:PermissionsBoundary': boundary }), action).toBe(true);
    }
    expect(await mayThen('iam:DeleteRolePermissionsBoundary', {})).toBe(false);
  });

  it('has the statements that its page names for hosts elsewhere', () => {
    const page = readFileSync(join(PROJECT, 'docs/start/deploying.md'), 'utf8');
    const [, named = ''] = /the statements ([^.]+) are enough, with `hosts-`/.exec(page) ?? [];
    const sids = JSON.parse(text).Statement.map(({ Sid }: { Sid: string }) => Sid);
    const listed = [...named.matchAll(/`(\w+)`/g)].map(([, sid]) => sid);
    expect(listed).toHaveLength(6);
    expect(sids).toEqual(expect.arrayContaining(listed));
  });

  it('fits into a managed policy, also with a long region and stage', () => {
    const longer = text
      .replaceAll('eu-central-1', 'ap-southeast-99')
      .replaceAll('production', 'production-eu');
    expect(JSON.stringify(JSON.parse(longer)).length).toBeLessThanOrEqual(6_144);
  });
});

/** The right that each call of resources/bucket/ needs. Source: S3 API reference, "Required permissions". */
const RIGHT_OF: Record<string, string> = {
  DeleteBucketPolicy: 's3:DeleteBucketPolicy',
  DescribeStackResource: 'cloudformation:DescribeStackResource',
  DescribeStacks: 'cloudformation:DescribeStacks',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
  GetBucketNotificationConfiguration: 's3:GetBucketNotification',
  GetBucketPolicy: 's3:GetBucketPolicy',
  GetBucketTagging: 's3:GetBucketTagging',
  GetObject: 's3:GetObject',
  HeadBucket: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  PutBucketNotificationConfiguration: 's3:PutBucketNotification',
  PutBucketOwnershipControls: 's3:PutBucketOwnershipControls',
  PutBucketVersioning: 's3:PutBucketVersioning',
  PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
};

describe('what a deploy with params.bucket needs besides', () => {
  const kept = readFileSync(join(PROJECT, 'docs/start/deployer-policy-bucket.json'), 'utf8');
  const both = [
    ...policies,
    { name: 'kept', document: JSON.parse(kept.replaceAll('BUCKET', 'kept-by-a-stack-of-before')) },
  ];
  const calls = ['read-bucket', 'read-stack', 'take-over'].flatMap((file) =>
    [
      ...readFileSync(join(PROJECT, `resources/bucket/${file}.ts`), 'utf8').matchAll(/new (\w+)Command\(/g),
    ].map(([, call = '']) => call),
  );

  it('has every call that looks at a bucket and takes it over', async () => {
    expect([...new Set(calls)].sort()).toEqual(Object.keys(RIGHT_OF));
    // Without the name of a stack, CloudFormation asks for both of every stack (API reference, DescribeStacks).
    const rights = [...Object.values(RIGHT_OF), 's3:PutBucketPolicy', 'cloudformation:ListStacks'];
    for (const action of rights) {
      const bucket = 'arn:aws:s3:::kept-by-a-stack-of-before';
      const ofBucket = action === 's3:GetObject' ? `${bucket}/format.json` : bucket;
      const resource = action.startsWith('s3:') ? ofBucket : '*';
      expect(await isAllowed(both, { action, resource, context: {} }), action).toBe(true);
    }
  });

  it('has no object of the bucket but the mark of its format, and no other bucket', async () => {
    for (const [action, name] of [
      ['s3:GetObject', 'kept-by-a-stack-of-before/accounts/a'],
      ['s3:PutObject', 'kept-by-a-stack-of-before/renewal/a.json'],
      ['s3:ListBucket', 'another'],
      ['s3:PutBucketPolicy', 'another'],
    ] as const)
      expect(
        await isAllowed(both, { action, resource: `arn:aws:s3:::${name}`, context: {} }),
        `${action} ${name}`,
      ).toBe(false);
  });
});

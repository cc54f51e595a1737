import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../local/iam/policy.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { DEPLOYER_PLACE, HANDLER_PERMISSIONS } from '../fakes/handler-permissions.ts';

const text = Object.entries(DEPLOYER_PLACE).reduce(
  (policy, [word, value]) => policy.replaceAll(word, value),
  readFileSync(join(PROJECT, 'docs/deployer-policy.json'), 'utf8'),
);
const policies = [{ name: 'deployer', document: JSON.parse(text) }];
const may = (action: string, resource: string, context: Record<string, string> = {}) =>
  isAllowed(policies, { action, resource, context });

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

  it('fits into a managed policy, also with a long region and stage', () => {
    const longer = text
      .replaceAll('eu-central-1', 'ap-southeast-99')
      .replaceAll('production', 'production-eu');
    expect(JSON.stringify(JSON.parse(longer)).length).toBeLessThanOrEqual(6_144);
  });
});

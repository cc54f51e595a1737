import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Template } from '../../resources/rules/resolved-length.ts';
import { beyondLimits, explainLimits } from '../../resources/rules/template-limits.ts';

const bucketPolicy = createRequire(import.meta.url)('../../resources/bucket-policy.cjs');
const COSTS = join(import.meta.dirname, '../../docs/start/costs.md');

const long = (length: number) => 'x'.repeat(length);
const own = (id: string, Type: string, Properties: object) => ({ Resources: { [id]: { Type, Properties } } });
const role = (size: number) =>
  own('RenewRole', 'AWS::IAM::Role', { Policies: [{ PolicyDocument: long(size) }] });
const policyOfRole = {
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { PolicyDocument: '', Roles: [{ Ref: 'R' }] },
};
const numbered = <Item>(count: number, item: Item) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`N${index}`, item]));

/** A template at the limit, and one beyond it. */
const ROWS: [what: string, within: Template, beyond: Template, said: RegExp][] = [
  [
    'what a role is allowed itself',
    role(10_240),
    role(10_241),
    /RenewRole itself: 10241 characters, and AWS takes 10240; /,
  ],
  [
    'what it is allowed beside that',
    {
      Resources: {
        ...role(10_000).Resources,
        P: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyDocument: long(240), Roles: [{ Ref: 'RenewRole' }] },
        },
      },
    },
    {
      Resources: {
        ...role(10_000).Resources,
        P: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyDocument: long(241), Roles: [{ Ref: 'RenewRole' }] },
        },
      },
    },
    /fewer zoneRoles/,
  ],
  [
    'managed policies',
    own('P', 'AWS::IAM::ManagedPolicy', { PolicyDocument: long(6_144) }),
    own('P', 'AWS::IAM::ManagedPolicy', { PolicyDocument: long(6_145) }),
    /the policy P: 6145 .* 6144; list fewer or shorter domains/,
  ],
  [
    'managed policies of a role',
    { Resources: { R: { Type: 'AWS::IAM::Role', Properties: {} }, ...numbered(10, policyOfRole) } },
    { Resources: { R: { Type: 'AWS::IAM::Role', Properties: {} }, ...numbered(11, policyOfRole) } },
    /managed policies of R: 11 policies, and AWS takes 10;/,
  ],
  [
    'the policy of the bucket',
    own('P', 'AWS::S3::BucketPolicy', { PolicyDocument: long(20_480) }),
    own('P', 'AWS::S3::BucketPolicy', { PolicyDocument: long(20_481) }),
    /fewer hostRoles/,
  ],
  [
    'the environment',
    own('F', 'AWS::Lambda::Function', { Environment: { Variables: { A: long(4_096 - 8) } } }),
    own('F', 'AWS::Lambda::Function', { Environment: { Variables: { A: long(4_096 - 7) } } }),
    /the environment of F: 4097 bytes/,
  ],
  [
    'the name of a function',
    own('F', 'AWS::Lambda::Function', { FunctionName: long(64) }),
    own('F', 'AWS::Lambda::Function', { FunctionName: long(65) }),
    /the name of F: 65 characters, .* shorter name/,
  ],
  [
    'the pattern of a rule',
    own('R', 'AWS::Events::Rule', { EventPattern: long(2_048) }),
    own('R', 'AWS::Events::Rule', { EventPattern: long(2_049) }),
    /the pattern of R: 2049/,
  ],
  [
    'the name of a rule',
    own('R', 'AWS::Events::Rule', { Name: long(64) }),
    own('R', 'AWS::Events::Rule', { Name: long(65) }),
    /the name of R: 65/,
  ],
  [
    'the name of an association',
    own('A', 'AWS::SSM::Association', { AssociationName: long(128) }),
    own('A', 'AWS::SSM::Association', { AssociationName: long(129) }),
    /the name of A: 129 characters, and AWS takes 128; give .* shorter name/,
  ],
  [
    'the description of an alarm',
    own('A', 'AWS::CloudWatch::Alarm', { AlarmDescription: long(1_024) }),
    own('A', 'AWS::CloudWatch::Alarm', { AlarmDescription: long(1_025) }),
    /the description of A: 1025 .* shorter docsUrl/,
  ],
  [
    'the document',
    own('D', 'AWS::SSM::Document', { Content: long(65_536) }),
    own('D', 'AWS::SSM::Document', { Content: long(65_537) }),
    /the document D: 65537 bytes/,
  ],
  [
    'outputs',
    { Resources: {}, Outputs: numbered(200, { Value: '' }) },
    { Resources: {}, Outputs: numbered(201, { Value: '' }) },
    /the outputs of the stack: 201 outputs, and AWS takes 200; have fewer host groups/,
  ],
  [
    'an output',
    { Resources: {}, Outputs: { O: { Value: long(1_024) } } },
    { Resources: {}, Outputs: { O: { Value: long(1_025) } } },
    /the output O: 1025/,
  ],
  [
    'resources',
    { Resources: numbered(500, { Type: 'X' }) },
    { Resources: numbered(501, { Type: 'X' }) },
    /the resources of the stack: 501/,
  ],
  [
    'the template',
    own('X', 'X', { x: long(1_048_000) }),
    own('X', 'X', { x: long(1_049_000) }),
    /the template: \d+ bytes, and AWS takes 1048576/,
  ],
];

describe('limits of AWS', () => {
  it.each(ROWS)('of %s are kept, and what is beyond is told with what to do', (_, within, beyond, said) => {
    expect(beyondLimits(within)).toEqual([]);
    expect(beyondLimits(beyond)).toHaveLength(1);
    expect(explainLimits(beyondLimits(beyond))).toMatch(said);
  });

  it('count what is referred to as long as it may be', () => {
    const arns = Array.from({ length: 70 }, () => ({ 'Fn::Sub': `\${Bucket.Arn}/*` }));
    const Policies = [{ PolicyDocument: [{ Ref: 'Bucket' }, ...arns] }];
    const Resources = {
      Bucket: { Type: 'AWS::S3::Bucket' },
      R: { Type: 'AWS::IAM::Role', Properties: { Policies } },
    };
    const text = JSON.stringify(Policies).length;
    expect(text).toBeLessThan(2_500);
    const [beyond] = beyondLimits({
      Resources: {
        ...Resources,
        ...own('R2', 'AWS::IAM::Role', { Policies: Array(2).fill(Policies[0]) }).Resources,
      },
    });
    expect(beyond?.size).toBeGreaterThan(2 * 70 * 78);
  });

  it('have room for twelve roles of hosts, as the documentation says', async () => {
    const beyondWith = async (count: number) => {
      const roles = numbered(count, null);
      const hostRoles = Object.fromEntries(
        Object.keys(roles).map((group) => [group, [`arn:aws:iam::123456789012:role/hosts-of-${group}`]]),
      );
      const made = await bucketPolicy({ resolveVariable: async () => JSON.stringify(hostRoles) });
      const ofStack = ['RenewRole', 'RevokeRole', 'AccountRole', 'AcmRole'].map((id) => [
        id,
        { Type: 'AWS::IAM::Role' },
      ]);
      const Bucket = { Type: 'AWS::S3::Bucket' };
      return beyondLimits({ Resources: { ...made.Resources, Bucket, ...Object.fromEntries(ofStack) } });
    };
    expect(await beyondWith(12)).toEqual([]);
    expect(await beyondWith(14)).toHaveLength(1);
    expect(readFileSync(COSTS, 'utf8')).toContain('`hostRoles` | 12 with one group each');
  });
});

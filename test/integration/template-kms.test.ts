import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
let folder: string;
let template: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-kms-'));
  const params = { ...SAMPLE_PARAMS, kmsKeyArn: KEY };
  template = await readTemplate(await packageStack({ stage: 'staging', folder, params }));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const actionsOf = (role: string) =>
  Object.values(template)
    .filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.PolicyName.endsWith('-with-key'),
    )
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement[0].Action);

describe('a stack with a KMS key of its own', () => {
  it('encrypts the bucket with it', () => {
    const [rule] = template.Bucket?.Properties.BucketEncryption.ServerSideEncryptionConfiguration ?? [];
    expect(rule).toEqual({
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
      BucketKeyEnabled: true,
    });
  });

  it('lets each role use it as far as it reads or writes objects', () => {
    for (const [role, { Type, Properties }] of Object.entries(template)) {
      if (Type !== 'AWS::IAM::Role') continue;
      const statements: { Action: string | string[] }[] = Properties.Policies.flatMap(
        ({ PolicyDocument }: { PolicyDocument: { Statement: object[] } }) => PolicyDocument.Statement,
      );
      const actions = statements.flatMap(({ Action }) => Action);
      const reads = actions.includes('s3:GetObject') ? ['kms:Decrypt'] : [];
      // S3 asks for Decrypt as well where it writes in parts.
      const writes = actions.includes('s3:PutObject') ? ['kms:Decrypt', 'kms:GenerateDataKey'] : [];
      expect(actionsOf(role), role).toEqual(writes.length > 0 ? writes : reads);
    }
  });

  it('lets hosts read with it, through S3 only', () => {
    const statements = template.HostsWebPolicy?.Properties.PolicyDocument.Statement ?? [];
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt'],
        Resource: KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': {
              'Fn::Join': ['.', ['s3', { Ref: 'AWS::Region' }, { Ref: 'AWS::URLSuffix' }]],
            },
          },
        },
      }),
    );
  });
});

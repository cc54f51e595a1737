import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../../check/package-stack.ts';

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

  it.each([
    ['DoctorRole', ['kms:Decrypt']],
    ['StatusRole', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['ScanRole', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['RenewRole', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['DeployRole', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['ConfirmRole', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ])('lets %s use it as far as it reads or writes', (role, actions) => {
    expect(actionsOf(role)).toEqual(actions);
  });

  it('lets hosts read with it, through S3 only', () => {
    const statements = template.HostsWebPolicy?.Properties.PolicyDocument.Statement ?? [];
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt'],
        Resource: KEY,
        Condition: expect.objectContaining({}),
      }),
    );
  });
});

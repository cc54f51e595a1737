import { describe, expect, it } from 'vitest';
import {
  type BucketProperties,
  encryptionOf,
  lifecycleOf,
  notificationOf,
} from '../../../resources/bucket/rules/bucket-settings.ts';
import { leftBehind, type StacksOfRegion, toDetach } from '../../../resources/bucket/rules/leaving.ts';
import { withoutBucket } from '../../../resources/bucket/rules/without-bucket.ts';

describe('a template without its bucket', () => {
  const ARN = `arn:\${AWS::Partition}:s3:::kept`;
  const of = (value: object) =>
    withoutBucket({ Resources: { Bucket: { Type: 'AWS::S3::Bucket' }, Role: { value } as never } }, 'kept');

  it.each([
    [{ Ref: 'Bucket' }, 'kept'],
    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, { 'Fn::Sub': ARN }],
    [{ 'Fn::GetAtt': 'Bucket.Arn' }, { 'Fn::Sub': ARN }],
    [{ 'Fn::Sub': `\${Bucket.Arn}/live/*` }, { 'Fn::Sub': `${ARN}/live/*` }],
    [
      { 'Fn::Sub': [`\${Bucket}-\${a}`, { a: { Ref: 'Bucket' } }] },
      { 'Fn::Sub': [`kept-\${a}`, { a: 'kept' }] },
    ],
    [[{ bucket: { name: [{ Ref: 'Bucket' }] } }], [{ bucket: { name: ['kept'] } }]],
    [{ Ref: 'BucketPolicy' }, { Ref: 'BucketPolicy' }],
    [{ 'Fn::GetAtt': ['Bus', 'Arn'] }, { 'Fn::GetAtt': ['Bus', 'Arn'] }],
  ])('has %j as %j', (given, expected) => {
    expect(of(given)).toEqual({ Resources: { Role: { value: expected } } });
  });

  it.each([{ 'Fn::GetAtt': ['Bucket', 'DomainName'] }, { 'Fn::Sub': `https://\${Bucket.DomainName}` }])(
    'is not made of %j, for which nothing stands in',
    (given) => {
      expect(() => of(given)).toThrow('nothing stands in');
    },
  );

  it('still says in its outputs which it is', () => {
    const template = { Resources: {}, Outputs: { Bucket: { Value: { Ref: 'Bucket' } } } };
    expect(withoutBucket(template, 'kept').Outputs).toEqual({ Bucket: { Value: 'kept' } });
  });
});

describe('the settings of a bucket that is there', () => {
  const properties = {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn' },
          BucketKeyEnabled: true,
        },
      ],
    },
    LifecycleConfiguration: {
      Rules: [
        { Id: 'old', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 90 } },
        { Id: 'removed', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
        { Id: 'aside', Status: 'Enabled', Prefix: 'aside/', ExpirationInDays: 90 },
      ],
    },
  } satisfies Partial<BucketProperties>;

  it('have the encryption of the template', () => {
    expect(encryptionOf(properties)).toEqual({
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn' },
          BucketKeyEnabled: true,
        },
      ],
    });
  });

  it('have the lifecycle rules of the template, and keep those of others', () => {
    const theirs = { ID: 'to-glacier', Status: 'Enabled' as const, Filter: { Prefix: 'x/' } };
    const before = { ID: 'old', Status: 'Disabled' as const, Filter: { Prefix: '' } };
    expect(lifecycleOf(properties, [before, theirs])).toEqual([
      {
        ID: 'old',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      },
      {
        ID: 'removed',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
      { ID: 'aside', Status: 'Enabled', Filter: { Prefix: 'aside/' }, Expiration: { Days: 90 } },
      theirs,
    ]);
  });

  it('tell EventBridge beside whom they told before', () => {
    const told = { QueueConfigurations: [{ QueueArn: 'arn', Events: [] }] };
    expect(notificationOf(told)).toEqual({ ...told, EventBridgeConfiguration: {} });
    expect(notificationOf({ EventBridgeConfiguration: {} })).toBeUndefined();
  });
});

describe('leaving', () => {
  it('asks to detach what is attached, and nothing where nothing is', () => {
    const none = { arn: 'arn:1', roles: [], users: [], groups: [] };
    expect(toDetach([none])).toBeUndefined();
    expect(toDetach([none, { arn: 'arn:2', roles: ['web', 'edge'], users: ['u'], groups: ['g'] }])).toBe(
      "the stack's policies for hosts are still attached, and IAM removes none that is; detach them first: aws iam detach-role-policy --role-name web --policy-arn arn:2; aws iam detach-role-policy --role-name edge --policy-arn arn:2; aws iam detach-user-policy --user-name u --policy-arn arn:2; aws iam detach-group-policy --group-name g --policy-arn arn:2",
    );
  });

  const left = (stacks: StacksOfRegion) =>
    leftBehind({ bucket: 'kept', stage: 'production', region: 'eu-west-1', stacks });

  it('says how to come back', () => {
    expect(left([]).at(-1)).toBe('  npx serverless deploy --stage production --param="bucket=kept"');
  });

  it.each<[string, StacksOfRegion, string[]]>([
    ['none where there is none', [], []],
    [
      'another stage',
      [{ name: 'perennial-staging', hasBucket: true }],
      ['the stack perennial-staging: npx serverless remove --stage staging --region eu-west-1'],
    ],
    [
      'hosts of this region',
      [{ name: 'perennial-hosts-production', hasBucket: false }],
      [
        'the stack perennial-hosts-production for hosts: npx serverless remove --config serverless.hosts.yml --stage production --region eu-west-1 --param="bucket=kept" --param="bucketRegion=eu-west-1"',
      ],
    ],
    [
      'nothing of others',
      [
        { name: 'website', hasBucket: true },
        { name: 'perennial-flowers', hasBucket: false },
      ],
      [],
    ],
    [
      'that they could not be listed',
      'AccessDenied',
      [
        'other stacks in eu-west-1, if any; they could not be listed (AccessDenied), which takes cloudformation:DescribeStacks',
      ],
    ],
  ])('names other stacks of ours: %s', (_, stacks, lines) => {
    const always = left([]);
    expect(left(stacks).filter((line) => !always.includes(line))).toEqual(lines.map((line) => `  ${line}`));
  });

  it('says how stacks for hosts elsewhere are removed, which nobody here sees', () => {
    expect(left([])).toContain(
      '    npx serverless remove --config serverless.hosts.yml --stage production --region REGION --param="bucket=kept" --param="bucketRegion=eu-west-1"',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { changesText } from '../../../cli/commands/changes.ts';
import { template } from '../../../cli/commands/template.ts';
import { changeOf, isWithoutChanges } from '../../../cli/project/changes.ts';
import {
  codeIn,
  functionsIn,
  plainTemplate,
  type Template,
  withCodeAt,
} from '../../../cli/project/template.ts';
import { templateUrl } from '../../../cli/project/template-url.ts';

const bucket = { Ref: 'ServerlessDeploymentBucket' };
const lambda = (name: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `perennial-test-${name}`,
    Code: { S3Bucket: bucket, S3Key: `serverless/perennial/test/1-2026/${name}.zip` },
    MemorySize: 256,
  },
});
const TEMPLATE: Template = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    ServerlessDeploymentBucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: {} },
    ScanLambdaFunction: lambda('scan'),
    RenewLambdaFunction: lambda('renew'),
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
  },
  Outputs: { ServerlessDeploymentBucketName: { Value: bucket }, Bucket: { Value: { Ref: 'Bucket' } } },
};

describe('a plain template', () => {
  const plain = plainTemplate(
    TEMPLATE,
    new Map([
      ['scan.zip', 'scan-0a1b.zip'],
      ['renew.zip', 'renew-2c3d.zip'],
    ]),
  );

  it('has no bucket for code, and takes the name of one', () => {
    expect(JSON.stringify(plain)).not.toContain('ServerlessDeploymentBucket');
    expect(Object.keys(plain.Parameters ?? {})).toEqual(['CodeBucket', 'CodePrefix']);
    expect(Object.keys(plain.Outputs ?? {})).toEqual(['Bucket']);
    expect(Object.keys(plain.Resources).sort()).toEqual([
      'Bucket',
      'RenewLambdaFunction',
      'ScanLambdaFunction',
    ]);
  });

  it('names the zips by their content, so that an update sees another one', () => {
    expect(codeIn(plain, 'ScanLambdaFunction')).toEqual({
      S3Bucket: { Ref: 'CodeBucket' },
      S3Key: { 'Fn::Join': ['', [{ Ref: 'CodePrefix' }, 'scan-0a1b.zip']] },
    });
    expect(plain.Resources.ScanLambdaFunction?.Properties.MemorySize).toBe(256);
  });
});

describe('a template that is compared with what is deployed', () => {
  it('has the functions with their zips', () => {
    expect(functionsIn(TEMPLATE)).toEqual([
      { id: 'ScanLambdaFunction', zip: 'scan.zip', functionName: 'perennial-test-scan' },
      { id: 'RenewLambdaFunction', zip: 'renew.zip', functionName: 'perennial-test-renew' },
    ]);
  });

  it('leaves code that is the same where it is', () => {
    const place = { S3Bucket: bucket, S3Key: 'before/scan.zip' };
    const changed = withCodeAt(TEMPLATE, new Map([['ScanLambdaFunction', place]]));
    expect(codeIn(changed, 'ScanLambdaFunction')).toEqual(place);
    expect(codeIn(changed, 'RenewLambdaFunction')).toEqual(codeIn(TEMPLATE, 'RenewLambdaFunction'));
  });

  it.each([
    ['eu-central-1', 'https://b.s3.eu-central-1.amazonaws.com/k'],
    ['us-gov-west-1', 'https://b.s3.us-gov-west-1.amazonaws.com/k'],
    ['cn-north-1', 'https://b.s3.cn-north-1.amazonaws.com.cn/k'],
    ['eusc-de-east-1', 'https://b.s3.eusc-de-east-1.amazonaws.eu/k'],
  ])('is where CloudFormation of %s finds it', (region, url) => {
    expect(templateUrl(region, { Bucket: 'b', Key: 'k' })).toBe(url);
  });
});

describe('changes', () => {
  const details = (name: string) => [{ Target: { Attribute: 'Properties' as const, Name: name } }];
  const change = (id: string, more: object) =>
    changeOf({ Action: 'Modify', ResourceType: 'AWS::SQS::Queue', LogicalResourceId: id, ...more });

  it('say what differs, and whether it is made anew', () => {
    expect(change('Q', { Replacement: 'True', Details: [...details('Name'), ...details('Name')] })).toEqual({
      action: 'Modify',
      type: 'AWS::SQS::Queue',
      id: 'Q',
      replacement: 'yes',
      details: ['Name'],
    });
    expect(change('Q', { Replacement: 'Conditional', Scope: ['Tags'] })).toMatchObject({
      replacement: 'maybe',
      details: ['Tags'],
    });
    expect(change('Q', { Action: 'Add' })).toMatchObject({ action: 'Add', replacement: 'no' });
  });

  it('are a table with a line that counts', () => {
    const found = [
      change('Kept', { Replacement: 'False', Details: details('Delay') }),
      change('Anew', { Replacement: 'True', Details: details('Name') }),
      change('New', { Action: 'Add' }),
    ];
    const text = changesText(found, 'perennial-test');
    expect(text).toContain('made anew: Name');
    expect(text).toContain('perennial-test: 1 Add, 2 Modify, 0 Remove; made anew: 1. Nothing was changed');
    expect(changesText([], 'perennial-test')).toBe('a deploy would change nothing of perennial-test');
  });

  it.each([
    ["The submitted information didn't contain changes. Submit different information.", true],
    ['No updates are to be performed.', true],
    ['Template format error', false],
  ])('of a change set that failed with "%s": none? %s', (reason, none) => {
    expect(isWithoutChanges(reason)).toBe(none);
  });
});

it('a folder that is none is refused in one line, before anything is packed', async () => {
  await expect(template({ output: import.meta.filename })).rejects.toThrow(
    /template\.test\.ts cannot be made or read \(EEXIST\); name a folder of yours with --output$/,
  );
});

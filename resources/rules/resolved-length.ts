import { resolveFunctions } from './resolve-functions.ts';

export type Resources = Record<
  string,
  {
    Type: string;
    // biome-ignore lint/suspicious/noExplicitAny: each resource type has its own shape
    Properties?: any;
  }
>;

export interface Template {
  Resources: Resources;
  Outputs?: Record<string, { Value?: unknown }>;
}

/** As long as they may be. */
const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-99',
  'AWS::URLSuffix': 'amazonaws.com.cn',
  'AWS::StackName': `perennial-${'s'.repeat(30)}`,
};
/** How long a name can be that CloudFormation chooses: of the stack, the logical id and 13 characters of chance. */
const LONGEST_NAME: Record<string, number> = {
  'AWS::S3::Bucket': 63,
  'AWS::IAM::Role': 64,
  'AWS::SQS::Queue': 80,
  'AWS::SSM::Document': 128,
};
const CHANCE = 13;
const STACK = 40;

/** Characters of a value of a template as JSON without white space, once CloudFormation has put in what it refers to. */
export function lengthOf(resources: Resources, value: unknown): number {
  const resolved = resolveFunctions(value, {
    reference: (name) => reference(resources, name),
    attribute: (path) => attribute(resources, path),
  });
  return typeof resolved === 'string'
    ? Buffer.byteLength(resolved)
    : Buffer.byteLength(JSON.stringify(resolved));
}

function reference(resources: Resources, id: string): string {
  const { Type = '' } = resources[id] ?? {};
  return PSEUDO_PARAMETERS[id] ?? (Type === 'AWS::SNS::Topic' ? arnOf(resources, id) : nameOf(resources, id));
}

function attribute(resources: Resources, path: string): string {
  const [id = '', name] = path.split('.');
  return name === 'Arn' ? arnOf(resources, id) : nameOf(resources, id);
}

function nameOf(resources: Resources, id: string): string {
  const { Type = '', Properties = {} } = resources[id] ?? {};
  const given = Properties.FunctionName ?? Properties.LogGroupName ?? Properties.Name ?? Properties.QueueName;
  if (typeof given === 'string') return given;
  return 'n'.repeat(Math.min(LONGEST_NAME[Type] ?? 255, STACK + id.length + CHANCE));
}

function arnOf(resources: Resources, id: string): string {
  if (resources[id]?.Type === 'AWS::S3::Bucket') return `arn:aws-us-gov:s3:::${nameOf(resources, id)}`;
  return `arn:aws-us-gov:service:ap-southeast-99:123456789012:kind/${nameOf(resources, id)}:*`;
}

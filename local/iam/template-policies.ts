import { resolveFunctions } from '../../resources/rules/resolve-functions.ts';
import { ACCOUNT } from './authorization.ts';
import type { Policy } from './policy.ts';

/** The resources of a CloudFormation template, by their logical ids. */
export type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;

const REGION = 'us-east-1';

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
};

/** What `Fn::GetAtt Arn` gives, for a resource whose name is its logical id. */
const ARNS: Record<string, (name: string, properties: Record<string, unknown>) => string> = {
  'AWS::Events::EventBus': (name) => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::Lambda::Function': (_, { FunctionName }) =>
    `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FunctionName}`,
  // Ends so, as CloudFormation documents it.
  'AWS::Logs::LogGroup': (_, { LogGroupName }) =>
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${LogGroupName}:*`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
};

/** The policies that the template gives a role or is itself, by its logical id; every name is a logical id. */
export function policiesOf(resources: Resources, id: string): Policy[] {
  const { Type, Properties = {} } = resources[id] ?? { Type: 'nothing' };
  if (Type === 'AWS::IAM::ManagedPolicy')
    return [{ name: id, document: resolve(resources, Properties.PolicyDocument) }];
  if (Type !== 'AWS::IAM::Role') throw new Error(`${id} is ${Type}, neither a role nor a managed policy`);
  if (Properties.ManagedPolicyArns)
    throw new Error(`${id} has managed policies, which are not in the template`);
  const inline = Properties.Policies as InlinePolicy[];
  return [...inline, ...policiesBeside(resources, id)].map(({ PolicyName, PolicyDocument }) => ({
    name: PolicyName,
    document: resolve(resources, PolicyDocument),
  }));
}

/** The bucket's own policy; serverless has a bucket too, with another. */
export function bucketPolicyOf(resources: Resources): unknown {
  return resolve(resources, resources.BucketPolicy?.Properties?.PolicyDocument);
}

interface InlinePolicy {
  PolicyName: string;
  PolicyDocument: unknown;
}

interface PolicyOfRoles {
  PolicyDocument: unknown;
  Roles?: { Ref: string }[];
}

/** Policies that are resources of their own and name the role. */
function policiesBeside(resources: Resources, role: string): InlinePolicy[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
    .map(([PolicyName, { Properties }]) => ({ PolicyName, ...(Properties as unknown as PolicyOfRoles) }))
    .filter(({ Roles = [] }) => Roles.some(({ Ref }) => Ref === role));
}

/** `value` with CloudFormation's functions replaced by what they give. Throws Error on one that is not known here. */
export function resolve(resources: Resources, value: unknown): unknown {
  return resolveFunctions(value, {
    reference: (name) => reference(resources, name),
    attribute: (path) => attribute(resources, path),
  });
}

function reference(resources: Resources, name: string): string {
  if (resources[name]?.Type === 'AWS::SNS::Topic') return `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
  const value = PSEUDO_PARAMETERS[name] ?? (resources[name] ? name : undefined);
  if (value === undefined) throw new Error(`the template has no ${name}`);
  return value;
}

function attribute(resources: Resources, path: string): string {
  const [id = '', name] = path.split('.');
  const { Type = '', Properties = {} } = resources[id] ?? {};
  const arn = ARNS[Type];
  if (name !== 'Arn' || !arn) throw new Error(`${path} of ${Type || 'nothing'} is not known here`);
  return arn(id, Properties);
}

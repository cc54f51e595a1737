import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A CloudFormation template, as far as it is changed here. */
export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  Outputs?: Record<string, unknown>;
}

/** Of a policy of roles. */
interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** What of the stack MiniStack cannot take, and what is deployed in its place. */
export interface Substitution {
  /** as the documentation has it */
  title: string;
  /** the gap of MiniStack 1.5 */
  reason: string;
  /** resources that are left out; what refers to one by `Ref` or `${}` gets its logical id */
  leavesOut?: (resource: Template['Resources'][string]) => boolean;
  /** statements of roles that are changed; `undefined` for others */
  changes?: (statement: Statement) => Statement | undefined;
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
const STATE = 'serverless-state.json';

const OTHER_ARNS = ['route53:GetChange', 'acm:ImportCertificate'];

const ofType = (type: string) => (resource: { Type: string }) => resource.Type === type;

/** Nothing else of the packaged stack is changed for MiniStack. */
export const SUBSTITUTIONS: readonly Substitution[] = [
  {
    title: 'the document of Systems Manager',
    reason: 'it has no AWS::SSM::Document, and no agents on hosts that a command could reach',
    leavesOut: ofType('AWS::SSM::Document'),
  },
  {
    title: 'the associations of host groups',
    reason: 'it has no AWS::SSM::Association, and no State Manager',
    leavesOut: ofType('AWS::SSM::Association'),
  },
  {
    title: 'alarms on metric math',
    reason: 'its AWS::CloudWatch::Alarm takes one metric, no Metrics',
    leavesOut: ({ Type, Properties }) =>
      Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined,
  },
  {
    title: 'the policy of the bucket',
    reason:
      "it takes aws:PrincipalArn for the session's ARN, where AWS has the role's; and no call comes over TLS",
    leavesOut: ({ Type, Properties }) =>
      Type === 'AWS::S3::BucketPolicy' && (Properties?.Bucket as { Ref?: string })?.Ref === 'Bucket',
  },
  {
    title: "conditions of the roles' policies",
    reason: 'it lacks keys that services give, such as the names of records and the tags of objects',
    changes: ({ Condition, ...statement }) => (Condition === undefined ? undefined : statement),
  },
  {
    title: 'what GetChange and ImportCertificate may be asked of',
    reason: 'it asks for them with other ARNs than AWS; both are let to all resources',
    changes: (statement) => {
      const isOfThem = [statement.Action].flat().some((action) => OTHER_ARNS.includes(action));
      return isOfThem ? { ...statement, Resource: '*' } : undefined;
    },
  },
  {
    title: 'who may delete messages',
    reason:
      'it asks for sqs:DeleteMessageBatch, where AWS has sqs:DeleteMessage for both; whoever has one gets the other',
    changes: (statement) => {
      const actions = [statement.Action].flat();
      return actions.includes('sqs:DeleteMessage')
        ? { ...statement, Action: [...actions, 'sqs:DeleteMessageBatch'] }
        : undefined;
    },
  },
];

/** Throws Error for a substitution that finds nothing to change: it is not needed any more. */
export function substitute(template: Template): Template {
  const idle = new Set(SUBSTITUTIONS);
  const gone = new Set<string>();
  const kept = Object.entries(template.Resources).filter(([id, resource]) => {
    const reasons = SUBSTITUTIONS.filter(({ leavesOut }) => leavesOut?.(resource));
    for (const one of reasons) idle.delete(one);
    if (reasons.length > 0) gone.add(id);
    return reasons.length === 0;
  });
  const changed = kept.map(([id, resource]) => {
    if (!resource.Type.startsWith('AWS::IAM::')) return [id, resource];
    return [id, { ...resource, Properties: changeStatements(resource.Properties, idle) }];
  });
  const [unused] = idle;
  if (unused) throw new Error(`the stack has nothing to change for: ${unused.title}`);
  return withoutReferences({ ...template, Resources: Object.fromEntries(changed) }, gone) as Template;
}

/** Takes from `idle` what changes a statement. Who may assume a role stays as it is. */
function changeStatements(value: unknown, idle: Set<Substitution>): unknown {
  if (Array.isArray(value)) return value.map((one) => changeStatements(one, idle));
  if (typeof value !== 'object' || value === null) return value;
  if ('Principal' in value) return value;
  if (!('Effect' in value))
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, changeStatements(one, idle)]),
    );
  let statement = value as Statement;
  for (const substitution of SUBSTITUTIONS) {
    const after = substitution.changes?.(statement);
    if (after) idle.delete(substitution);
    statement = after ?? statement;
  }
  return statement;
}

/** A reference to what is left out becomes its logical id; a dependency on it ends. */
function withoutReferences(value: unknown, gone: ReadonlySet<string>): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{(\w+)\}/g, (whole, id) => (gone.has(id) ? id : whole));
  if (Array.isArray(value)) return value.map((one) => withoutReferences(one, gone));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref } = value as { Ref?: string };
  if (Ref !== undefined && gone.has(Ref)) return Ref;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const isDependency = name === 'DependsOn' && Array.isArray(one);
      return [name, withoutReferences(isDependency ? one.filter((id) => !gone.has(id)) : one, gone)];
    }),
  );
}

/** Changes what `serverless package` made in `folder`: the template, and the state that `serverless deploy --package` takes it from. */
export async function substitutePackage(folder: string): Promise<void> {
  const file = (name: string) => join(folder, name);
  const read = async (name: string) => JSON.parse(await readFile(file(name), 'utf8'));
  const template = substitute(await read(TEMPLATE));
  const state = await read(STATE);
  state.service.provider.compiledCloudFormationTemplate = template;
  await writeFile(file(TEMPLATE), JSON.stringify(template));
  await writeFile(file(STATE), JSON.stringify(state));
}

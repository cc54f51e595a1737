import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A CloudFormation template, as far as it is changed here. */
export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  Outputs?: Record<string, unknown>;
}

/** What of the stack MiniStack cannot take, and what is deployed in its place. */
export interface Substitution {
  /** as the documentation has it */
  title: string;
  /** the gap of MiniStack 1.5 */
  reason: string;
  /** resources that are left out; what refers to one by `Ref` or `${}` gets its logical id */
  leavesOut: (resource: Template['Resources'][string]) => boolean;
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
const STATE = 'serverless-state.json';

const ofType = (type: string) => (resource: { Type: string }) => resource.Type === type;

/** Nothing else of the packaged stack is changed for MiniStack. */
export const SUBSTITUTIONS: readonly Substitution[] = [
  {
    title: 'the document of Systems Manager',
    reason: 'it has no AWS::SSM::Document, and no agents on hosts that a command could reach',
    leavesOut: ofType('AWS::SSM::Document'),
  },
  {
    title: 'the dashboard',
    reason: 'it has no AWS::CloudWatch::Dashboard',
    leavesOut: ofType('AWS::CloudWatch::Dashboard'),
  },
  {
    title: 'alarms on metric math',
    reason: 'its AWS::CloudWatch::Alarm takes one metric, no Metrics',
    leavesOut: ({ Type, Properties }) =>
      Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined,
  },
];

/** Throws Error for a substitution that finds nothing to leave out: it is not needed any more. */
export function substitute(template: Template): Template {
  const entries = Object.entries(template.Resources);
  const idle = SUBSTITUTIONS.find(({ leavesOut }) => !entries.some(([, one]) => leavesOut(one)));
  if (idle) throw new Error(`the stack has nothing to leave out for: ${idle.title}`);
  const kept = entries.filter(([, one]) => !SUBSTITUTIONS.some(({ leavesOut }) => leavesOut(one)));
  const gone = new Set(Object.keys(template.Resources));
  for (const [id] of kept) gone.delete(id);
  return withoutReferences({ ...template, Resources: Object.fromEntries(kept) }, gone) as Template;
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

import {
  type CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import type { Target } from './command.ts';
import type { ParameterValues } from './document.ts';

/** A State Manager association of a deployed stack. Source: CloudFormation reference, AWS::SSM::Association. */
export interface DeployedAssociation {
  /** of the stack and in it, which stays when its properties change */
  key: string;
  documentName: string;
  parameters: ParameterValues;
  targets: Target[];
  maxConcurrency: string;
  maxErrors: string;
}

interface Properties {
  Name: string;
  Parameters?: ParameterValues;
  Targets?: Target[];
  MaxConcurrency?: string;
  MaxErrors?: string;
}

const REGION = 'us-east-1';

/** Reads the associations in the templates of all stacks: moto's CloudFormation passes over them. */
export async function readAssociations(cloudFormation: CloudFormationClient): Promise<DeployedAssociation[]> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const ofStacks = Stacks.map(({ StackName = '' }) => associationsOf(cloudFormation, StackName));
  return (await Promise.all(ofStacks)).flat();
}

async function associationsOf(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<DeployedAssociation[]> {
  const { TemplateBody = '{}' } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const { Resources = {} } = JSON.parse(TemplateBody) as {
    Resources?: Record<string, { Type: string; Properties: unknown }>;
  };
  const wanted = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::SSM::Association');
  if (wanted.length === 0) return [];
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  const physical = new Map([['AWS::Region', REGION]]);
  for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResources)
    physical.set(LogicalResourceId, PhysicalResourceId);
  return wanted.map(([id, { Properties }]) => {
    const { Name, Parameters, Targets, MaxConcurrency, MaxErrors } = resolveRefs(Properties, physical);
    return {
      key: `${StackName}/${id}`,
      documentName: Name,
      parameters: Parameters ?? {},
      targets: Targets ?? [],
      maxConcurrency: MaxConcurrency ?? '100%',
      maxErrors: MaxErrors ?? '100%',
    };
  });
}

/** With each `{ Ref }` replaced by the name that the stack's resource has. */
function resolveRefs(properties: unknown, physical: ReadonlyMap<string, string>): Properties {
  return JSON.parse(JSON.stringify(properties), (_, value) => {
    const { Ref } = (value ?? {}) as { Ref?: string };
    return Ref === undefined ? value : (physical.get(Ref) ?? Ref);
  });
}

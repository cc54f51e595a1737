import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import { isAccessDenied } from '../../lib/adapters/aws/error-name.ts';
import { findRegion, NO_REGION } from '../../lib/adapters/aws/find-region.ts';
import { type ChosenStack, chooseStack, type SeenStack, stackName } from './choose-stack.ts';
import { explain } from './explain.ts';
import { StackError } from './stack-error.ts';

/** The functions of the stack that are asked from here. */
export type FunctionName = 'scan' | 'doctor' | 'revoke' | 'account';

/** A deployed stack, with where to ask it. */
export interface DeployedStack extends ChosenStack {
  region: string;
  /** The name of one of its Lambda functions, as serverless makes it. */
  functionName(name: FunctionName): string;
}

/** Finds the stack by its stage, or the only one of the region, which is found as by the AWS CLI. Throws {@link StackError}. */
export async function findStack(stage = process.env.PERENNIAL_STAGE): Promise<DeployedStack> {
  const region = await findRegion();
  if (region === undefined) throw new StackError('no-region', NO_REGION);
  const client = new CloudFormationClient({ region, maxAttempts: 2 });
  try {
    const seen = await (stage === undefined ? all(client) : named(client, stackName(stage)));
    const chosen = chooseStack(seen, { stage, region });
    return { ...chosen, region, functionName: (name) => `${chosen.name}-${name}` };
  } catch (cause) {
    if (cause instanceof StackError) throw cause;
    const error = explain(cause, {
      attempt: 'look for the stack',
      permission: 'cloudformation:DescribeStacks',
      region,
    });
    if (stage !== undefined || !isAccessDenied(cause)) throw error;
    throw new StackError(error.reason, {
      seen: error.seen,
      remedy: `${error.remedy}; with --stage, that of one stack is enough`,
      cause,
    });
  } finally {
    client.destroy();
  }
}

async function named(client: CloudFormationClient, name: string): Promise<SeenStack[]> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks.map(seenStack);
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return [];
    throw error;
  }
}

async function all(client: CloudFormationClient): Promise<SeenStack[]> {
  const seen: SeenStack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    seen.push(...Stacks.map(seenStack));
  return seen;
}

function seenStack({
  StackName = '',
  StackStatus = '',
  Outputs = [],
}: {
  StackName?: string | undefined;
  StackStatus?: string | undefined;
  Outputs?: { OutputKey?: string | undefined; OutputValue?: string | undefined }[] | undefined;
}): SeenStack {
  const outputs = Outputs.flatMap(({ OutputKey, OutputValue }) =>
    OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue] as const],
  );
  return { name: StackName, status: StackStatus, outputs: Object.fromEntries(outputs) };
}

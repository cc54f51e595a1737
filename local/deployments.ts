import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { ActionName } from './gateway/action.ts';
import type { AwsRequest } from './gateway/request.ts';

/** The outputs of all deployed stacks, by their names. */
export async function outputsOf(cloudFormation: CloudFormationClient): Promise<Record<string, string>> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({}));
  const outputs = Stacks.flatMap((stack) => stack.Outputs ?? []);
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/** Calls after which other functions, rules or mappings may be deployed. */
export function changesDeployment({ service }: AwsRequest, { action }: ActionName): boolean {
  if (service === 'cloudformation') return /^(Create|Update|Delete|Execute)/.test(action);
  return service === 'lambda' && /^(Create|Update|Delete|Put|POST|DELETE)/.test(action);
}

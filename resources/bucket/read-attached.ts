import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { type IAMClient, paginateListEntitiesForPolicy } from '@aws-sdk/client-iam';
import type { AttachedPolicy } from './rules/leaving.ts';

/** The stack's managed policies, with who has them attached. */
export async function readAttached(
  { stacks, iam }: { stacks: CloudFormationClient; iam: IAMClient },
  StackName: string,
): Promise<AttachedPolicy[]> {
  const policies: AttachedPolicy[] = [];
  for await (const page of paginateListStackResources({ client: stacks }, { StackName }))
    for (const { ResourceType, PhysicalResourceId: arn = '' } of page.StackResourceSummaries ?? [])
      if (ResourceType === 'AWS::IAM::ManagedPolicy' && arn !== '') policies.push(await whoHas(iam, arn));
  return policies;
}

async function whoHas(client: IAMClient, arn: string): Promise<AttachedPolicy> {
  const found = { arn, roles: [] as string[], users: [] as string[], groups: [] as string[] };
  for await (const page of paginateListEntitiesForPolicy({ client }, { PolicyArn: arn })) {
    found.roles.push(...(page.PolicyRoles ?? []).map(({ RoleName = '' }) => RoleName));
    found.users.push(...(page.PolicyUsers ?? []).map(({ UserName = '' }) => UserName));
    found.groups.push(...(page.PolicyGroups ?? []).map(({ GroupName = '' }) => GroupName));
  }
  return found;
}

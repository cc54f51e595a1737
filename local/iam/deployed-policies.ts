import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Policy } from './policy.ts';

/** All policies of a role, by its ARN. */
export async function policiesOfRole(iam: IAMClient, arn: string): Promise<Policy[]> {
  const RoleName = arn.split('/').at(-1) ?? '';
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return Promise.all([
    ...PolicyNames.map(async (PolicyName): Promise<Policy> => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return { name: PolicyName, document: parseDocument(PolicyDocument) };
    }),
    ...AttachedPolicies.map(({ PolicyArn = '' }) => managedPolicy(iam, PolicyArn)),
  ]);
}

/** A managed policy in its default version. */
export async function managedPolicy(iam: IAMClient, PolicyArn: string): Promise<Policy> {
  const { Policy: policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: policy?.DefaultVersionId }),
  );
  return { name: PolicyArn, document: parseDocument(PolicyVersion?.Document) };
}

/** IAM answers documents as JSON, encoded as in a URL. */
function parseDocument(text = ''): unknown {
  return JSON.parse(decodeURIComponent(text));
}

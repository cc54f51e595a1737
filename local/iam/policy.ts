import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, type Authorization } from './authorization.ts';

/** A policy of a role, as IAM keeps it. */
export interface Policy {
  name: string;
  document: unknown;
}

/** What is asked makes no sense to IAM: an unknown action, a resource or a condition key that the action does not have. */
export class AuthorizationError extends Error {
  override name = 'AuthorizationError';
}

/** Who asks, where it is somebody that policies name, and what the bucket's own policy says to it. */
export interface Asker {
  principal?: string;
  bucketPolicy?: unknown;
}

/** Whether a role with these policies, and no others in its way, may do it. Throws AuthorizationError. */
export async function isAllowed(
  policies: readonly Policy[],
  asked: Authorization,
  { principal = `arn:aws:iam::${ACCOUNT}:role/asking`, bucketPolicy }: Asker = {},
): Promise<boolean> {
  const { action, resource } = asked;
  const isOfBucket = action.startsWith('s3:') && bucketPolicy !== undefined;
  const context = isOfBucket ? { ...asked.context, 'aws:PrincipalArn': principal } : asked.context;
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: policies.map(({ name, document }) => ({ name, policy: document })),
      ...(isOfBucket && { resourcePolicy: bucketPolicy }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: 'Strict' },
  );
  const about = `${action} on ${resource} with ${JSON.stringify(context)}`;
  if (answer.resultType === 'error')
    throw new AuthorizationError(`${about}: ${JSON.stringify(answer.errors)}`);
  const ignored = answer.resultType === 'single' ? (answer.result.ignoredContextKeys ?? []) : [];
  if (ignored.length > 0) throw new AuthorizationError(`${about}: it has no ${ignored.join(', ')}`);
  return answer.overallResult === 'Allowed';
}

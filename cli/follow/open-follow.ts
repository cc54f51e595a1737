import { SSMClient } from '@aws-sdk/client-ssm';
import { SsmHosts } from '../../lib/adapters/aws/ssm-hosts.ts';
import { once } from '../../lib/foundation/common/once.ts';
import type { DeployedStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';
import type { FollowDeps } from './follow.ts';

/** What following needs of the stack; a group's hosts are asked for once. */
export function openFollow(stack: DeployedStack): FollowDeps {
  const { region, bucket } = stack;
  const hosts = new SsmHosts(new SSMClient({ region }), { document: '', bucket, region });
  return { store: openBucket(stack), inGroup: once((group) => hosts.inGroup(group)) };
}

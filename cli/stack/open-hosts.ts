import { SSMClient } from '@aws-sdk/client-ssm';
import { SsmHosts } from '../../lib/adapters/aws/ssm-hosts.ts';
import type { DeployedStack } from './find-stack.ts';

/** The stack's hosts, as the person at the terminal may list them. */
export function openHosts({ region, bucket }: DeployedStack): SsmHosts {
  return new SsmHosts(new SSMClient({ region }), { document: '', bucket, region });
}

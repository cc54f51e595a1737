import { once } from '../../lib/foundation/common/once.ts';
import type { DeployedStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { openHosts } from '../stack/open-hosts.ts';
import type { FollowDeps } from './follow.ts';

/** What following needs of the stack; a group's hosts are asked for once. */
export function openFollow(stack: DeployedStack): FollowDeps {
  const hosts = openHosts(stack);
  const settings = once((_: undefined) => settingsOf(stack));
  return {
    store: openBucket(stack),
    region: stack.region,
    inGroup: once((group) => hosts.inGroup(group)),
    hostGroups: async () => (await settings(undefined)).hostGroups,
  };
}

import {
  paginateGetResources,
  type ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import type { TaggedInstances } from '../../delivery/deployment/hosts.ts';

/** EC2 instances by the tag of their group, as the tagging API of the region tells; one that was terminated stays for a while. */
export function taggedInstances(client: ResourceGroupsTaggingAPIClient): TaggedInstances {
  return {
    async inGroup(group) {
      const TagFilters = [{ Key: 'perennial-group', Values: [group] }];
      const query = { TagFilters, ResourceTypeFilters: ['ec2:instance'] };
      const found: string[] = [];
      for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client }, query))
        found.push(
          ...ResourceTagMappingList.map(({ ResourceARN = '' }) => ResourceARN.split('/').at(-1) ?? ''),
        );
      return found.sort();
    },
  };
}

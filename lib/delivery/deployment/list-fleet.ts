import type { Host, Hosts } from './hosts.ts';

/** The hosts with the tag of each group. `warn` hears of a group that could not be listed, which is then left out. */
export async function listFleet(
  hosts: Pick<Hosts, 'inGroup'>,
  groups: Iterable<string>,
  warn: (error: unknown) => void,
): Promise<Map<string, Host[]>> {
  const listed = new Map<string, Host[]>();
  for (const group of new Set(groups))
    await hosts.inGroup(group).then((found) => listed.set(group, found), warn);
  return listed;
}

import { splitNames } from '../../lib/delivery/deployment/rules/split-names.ts';
import type { DeploymentDue } from '../../lib/foundation/events/events.ts';

/** What to tell each group: the certificates of a group that is `wanted`, and those that are wanted by name; all without any. */
export function deploymentsDue(
  certificates: readonly { name: string; hosts: readonly string[] }[],
  { wanted, groups }: { wanted: readonly string[]; groups: readonly string[] },
): DeploymentDue[] {
  return groups.flatMap((group) => {
    const served = certificates.filter(({ hosts }) => hosts.includes(group)).map(({ name }) => name);
    const all = wanted.length === 0 || wanted.includes(group);
    const names = all ? served : served.filter((name) => wanted.includes(name));
    return splitNames(names).map((part) => ({ group, reason: 'asked', names: part }));
  });
}

/** What came of the words that name nothing to deploy: a group that no live certificate names, or a certificate without one. */
export function nothingToDeploy(
  wanted: readonly string[],
  { due, groups }: { due: readonly DeploymentDue[]; groups: readonly string[] },
): { name: string; outcome: 'nothing-to-deploy'; message: string; hosts: [] }[] {
  const isDue = (word: string) => due.some(({ group, names }) => group === word || names.includes(word));
  return [...new Set(wanted)]
    .filter((word) => !isDue(word))
    .map((name) => {
      const message = groups.includes(name)
        ? 'no live certificate names this group'
        : 'no host group is to have it';
      return { name, outcome: 'nothing-to-deploy', message, hosts: [] };
    });
}

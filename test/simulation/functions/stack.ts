import { type HostGroup, HostGroupSettings } from '../../../lib/foundation/certificate/host-group.ts';

/** What the stack was deployed with; people deploy it anew. */
export interface StackSettings {
  domains: string[];
  challengeTargets: string[];
  groups: HostGroup[];
  zoneRoles: string[];
  defaultCa: string;
  fallbackCas: string[];
  alsoAllow: string[];
  ordersPerRun: number;
  checkEveryHours: number;
}

export function groupOf(name: string): HostGroup {
  return { ...HostGroupSettings.parse({}), name };
}

/** The part of it that the flows are handed. */
export function limitsOf({ groups, ...settings }: StackSettings) {
  return { ...settings, hostGroups: groups.map(({ name }) => name), bucket: 'bucket' };
}

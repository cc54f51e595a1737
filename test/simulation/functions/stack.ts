import { type HostGroup, HostGroupSettings } from '../../../lib/foundation/certificate/host-group.ts';
import type { Stack } from '../../../lib/foundation/certificate/stack.ts';

export type StackSettings = { -readonly [Part in keyof Stack]: Stack[Part] };

export function groupOf(name: string): HostGroup {
  return { ...HostGroupSettings.parse({}), name };
}

/** As it is deployed first. */
export function stackOf(given: {
  domains: readonly string[];
  groups: readonly string[];
  defaultCa: string;
  fallbackCas: readonly string[];
}): StackSettings {
  const { domains, groups, defaultCa, fallbackCas } = given;
  return {
    region: 'eu-central-1',
    bucket: 'bucket',
    domains,
    challengeTargets: [],
    hostGroups: groups.map(groupOf),
    zoneRoles: [],
    defaultCa,
    fallbackCas,
    cas: [],
    alsoAllow: ['amazon.com'],
    ordersPerRun: 100,
    checkEveryHours: 1,
    agreeToTerms: true,
    caaIdentity: undefined,
  };
}

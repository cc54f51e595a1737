import { HostGroupSettings } from '../../lib/foundation/certificate/host-group.ts';
import type { Stack } from '../../lib/foundation/certificate/stack.ts';

export const hostGroup = (name: string) => ({ name, ...HostGroupSettings.parse({}) });
export const zoneRole = (name: string) => ({ name, roleArn: `arn:aws:iam::123456789012:role/${name}` });

/** A stack for example.com, with one CA and without hosts. */
export function stackOf<More extends Partial<Stack>>(more: More = {} as More): Stack & More {
  return {
    region: 'eu-central-1',
    bucket: 'perennial-bucket',
    domains: ['example.com'],
    challengeTargets: [],
    hostGroups: [],
    zoneRoles: [],
    defaultCa: 'https://ca.test/directory',
    fallbackCas: [],
    cas: [],
    alsoAllow: [],
    ordersPerRun: 100,
    checkEveryHours: 1,
    agreeToTerms: true,
    caaIdentity: undefined,
    ...more,
  };
}

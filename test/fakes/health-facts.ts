import type { HostGroup } from '../../lib/foundation/certificate/host-group.ts';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../lib/foundation/certificate/renewal-file.ts';
import type { HealthFacts } from '../../lib/scan/rules/health.ts';
import { pointerOf, wantedOf } from './pointers.ts';

export const HEALTH_NOW = new Date('2026-11-20T00:00:00Z');
export const LIVE_VERSION = '20260201T000000Z-0a1b2c';
export const OLD_VERSION = '20260101T000000Z-0a1b2c';
const STACK = { defaultCa: 'https://ca.test/directory', fallbackCas: [] };

/** A certificate with 71 days left that no host is to have; all is well. */
export function healthFacts({
  live = {},
  file = {},
  hostGroups,
  ...more
}: Partial<Omit<HealthFacts, 'file'>> & {
  live?: Partial<LivePointer>;
  file?: Partial<Wanted>;
  hostGroups?: readonly HostGroup[];
} = {}): HealthFacts {
  return {
    name: 'a',
    region: 'eu-central-1',
    wanted: true,
    file: { ...wantedOf({ name: 'a', ...file }), stack: { ...STACK, ...(hostGroups && { hostGroups }) } },
    pointer: pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: LIVE_VERSION, ...live }),
    state: undefined,
    revocations: [],
    records: [],
    fleet: new Map(),
    acm: undefined,
    now: HEALTH_NOW,
    ...more,
  };
}

/** What a host last reported of it. */
export const reportOf = (
  instanceId: string,
  outcome: string,
  more: { version?: string; reason?: string } = {},
) => ({
  instanceId,
  group: 'web',
  lineages: {
    a: { version: LIVE_VERSION, outcome, at: '2026-11-02T00:00:00Z', commandId: 'c', ...more },
  },
});

/** The hosts of group web. */
export const fleetOf = (...hosts: [instanceId: string, online?: boolean][]): HealthFacts['fleet'] =>
  new Map([['web', hosts.map(([instanceId, online = true]) => ({ instanceId, online }))]]);

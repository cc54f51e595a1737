import type { HostGroup } from '../../../foundation/certificate/host-group.ts';
import { isInLastSixth, type Validity } from '../../../foundation/certificate/life.ts';
import { type HostRecord, runOf } from './host-record.ts';
import { openingOf } from './opening.ts';

/** The settings of a group that say when its hosts may be touched. */
export type Times = Pick<HostGroup, 'window' | 'freeze'>;

/** How long the versions live that hosts have, by certificate and version; `unknown` where that cannot be read. */
export type Lives = ReadonlyMap<string, ReadonlyMap<string, Validity | 'unknown'>>;

/** One certificate on one host that lacks the live version. */
export interface DeliveryFacts {
  times: Times;
  /** Whether the host has no certificate of ours at all. */
  isNew: boolean;
  /** The life of the version that it has; `undefined` where it has none of this certificate. */
  has: Validity | 'unknown' | undefined;
  /** Whether what it has was revoked. */
  revoked: boolean;
  now: Date;
}

/** Why it is sent although the hosts of the group are not to be touched now; the weightiest first. */
export const OVERRIDES = ['revoked', 'life-nearly-over', 'life-unknown'] as const;
export type Override = (typeof OVERRIDES)[number];

export type DeliveryDecision =
  | { action: 'send'; override?: Override }
  | { action: 'wait'; reason: 'outside-window' | 'frozen'; until: Date };

/**
 * Whether a host gets a certificate now. Outside of its group's windows it waits, unless the host is new, or what it has is
 * revoked or in its last sixth: no window costs a valid certificate.
 */
export function decideDelivery({ times, isNew, has, revoked, now }: DeliveryFacts): DeliveryDecision {
  const opening = openingOf(times, now);
  if (opening.isOpen || isNew) return { action: 'send' };
  if (revoked) return { action: 'send', override: 'revoked' };
  if (has === 'unknown') return { action: 'send', override: 'life-unknown' };
  if (has && isInLastSixth(has, now)) return { action: 'send', override: 'life-nearly-over' };
  return { action: 'wait', reason: opening.reason, until: opening.until };
}

/** Whether a host has no certificate of ours, as far as it has reported. */
export function hasNothing(record: HostRecord | undefined): boolean {
  return !Object.values(record?.lineages ?? {}).some((run) => run.version !== undefined);
}

/** As {@link decideDelivery}, from what a host last reported; `revoked` has the versions of the certificate that are. */
export function deliveryTo(
  record: HostRecord | undefined,
  name: string,
  {
    lives,
    revoked,
    ...facts
  }: Pick<DeliveryFacts, 'times' | 'now'> & { lives: Lives; revoked: readonly string[] },
): DeliveryDecision {
  const version = runOf(record, name)?.version;
  const has = version === undefined ? undefined : (lives.get(name)?.get(version) ?? 'unknown');
  return decideDelivery({
    ...facts,
    isNew: hasNothing(record),
    has,
    revoked: version !== undefined && revoked.includes(version),
  });
}

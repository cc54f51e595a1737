import { isInLastSixth } from '../../../lib/foundation/certificate/life.ts';
import type { CheckSummary, StackEvent } from '../../../lib/foundation/events/events.ts';
import { isOfKind } from '../../../lib/foundation/reasons/reasons.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';

/** A trouble that an event tells of: its key in `notices/memory.json`, and why. */
export interface Failing {
  key: string;
  reason: string;
  /** Told only if it was there half an hour before. */
  isBrief?: boolean;
}

/** What of a health no other list of a check tells. */
const HEALTHS = ['revoked', 'unreadable', 'not-served', 'hosts-unknown'];

/** What people have to hear of an event, by docs/operations.md ("What you are told"). */
export function failingIn(fact: StackEvent, world: World): Failing[] {
  switch (fact.type) {
    case 'Certificate Renewal Failed': {
      const { name, reason } = fact.detail;
      return isToldAlready(fact.detail, world) ? [{ key: `renewal ${name}`, reason }] : [];
    }
    case 'Certificate Revoked':
      return fact.detail.isLive ? [{ key: `health ${fact.detail.name}`, reason: 'revoked' }] : [];
    case 'Renewal File Rejected':
      return [{ key: `file ${fact.detail.name}`, reason: fact.detail.reason }];
    case 'Certificate Deployment Failed': {
      const { group, reason } = fact.detail;
      return [{ key: `deployment ${group}`, reason, isBrief: isOfKind(reason, 'passing') }];
    }
    case 'Deployment Window Overridden':
      return [{ key: `window ${fact.detail.group}`, reason: fact.detail.reason }];
    case 'Certificate Restored':
      return fact.detail.pinned ? [{ key: `pin ${fact.detail.name}`, reason: 'pinned' }] : [];
    case 'Certificate Pin Ended':
      return [{ key: `pin-end ${fact.detail.name}`, reason: fact.detail.reason }];
    case 'Certificate Import Failed': {
      const { name, region, reason } = fact.detail;
      return [{ key: `import ${name} in ${region}`, reason }];
    }
    case 'Site Probed': {
      const { name, findings } = fact.detail;
      if (findings.length === 0) return [];
      const isTrouble = findings.some(({ status }) => status !== 'warning');
      return [{ key: `site ${name}`, reason: isTrouble ? 'site-trouble' : 'site-warning' }];
    }
    case 'Object Set Aside':
      return [{ key: `object ${fact.detail.key}`, reason: fact.detail.reason }];
    case 'Certificates Checked':
      return failingInCheck(fact.detail);
    default:
      return [];
  }
}

function failingInCheck({ overdue, rejected, unwell, pinned, groupsAway = [] }: CheckSummary): Failing[] {
  const health = unwell?.items.filter((one) => HEALTHS.includes(one.health)) ?? [];
  return [
    ...rejected.items.map(({ name, reason }) => ({ key: `file ${name}`, reason })),
    ...overdue.items.map((name) => ({ key: `overdue ${name}`, reason: 'overdue' })),
    ...health.map(({ name, health: reason }) => {
      return { key: `health ${name}`, reason, isBrief: reason === 'unreadable' };
    }),
    ...(pinned?.items ?? []).map(({ name }) => ({ key: `pin ${name}`, reason: 'pinned' })),
    ...groupsAway.map(({ group, reason }) => ({ key: `deployment ${group}`, reason, isBrief: true })),
  ];
}

/** A renewal's second failure, or its first where that is urgent. */
export function isToldAlready(
  { name, failures, forced = false }: { name: string; failures: number; forced?: boolean | undefined },
  world: World,
): boolean {
  const live = pointerOf(world, name);
  return failures >= 2 || forced || !live || isInLastSixth(live, new Date(world.scheduler.now));
}

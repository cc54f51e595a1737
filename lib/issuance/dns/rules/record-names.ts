import { isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import type { Stack } from '../../../foundation/certificate/stack.ts';
import { compareTexts } from '../../../foundation/common/compare-texts.ts';
import type { RecordSet } from './record-edits.ts';

/** The patterns of one policy, as Route 53 normalizes names; `*` spans labels. */
export interface RecordNames {
  caa: readonly string[];
  txt: readonly string[];
}

type Names = Pick<Stack, 'domains' | 'challengeTargets'>;

/**
 * Characters of patterns in a policy: in the role's own, and in each managed one beside it. IAM takes 10,240 in all of a role's
 * own policies and 6,144 in a managed one, without white space (IAM user guide, "IAM and AWS STS quotas"); the rest of both
 * needs the difference.
 */
const ROOM = { own: 4_000, managed: 5_000 };
/** Quotation marks and a comma. */
const BESIDE = 3;

/**
 * Where `renew` may write: CAA at the domains and everything below them, TXT only at the challenge names there and exactly at
 * the names that those are aliased to; in as many policies as that needs, the role's own first. IAM judges a change batch by
 * each statement alone, so names of two policies may not be in one batch.
 */
export function recordNames(names: Names): RecordNames[] {
  const policies: { caa: string[]; txt: string[] }[] = [{ caa: [], txt: [] }];
  let used = 0;
  for (const { caa, txt } of patternsOf(names)) {
    const size = [...caa, ...txt].reduce((sum, { length }) => sum + length + BESIDE, 0);
    if (used + size > (policies.length === 1 ? ROOM.own : ROOM.managed)) {
      policies.push({ caa: [], txt: [] });
      used = 0;
    }
    used += size;
    policies.at(-1)?.caa.push(...caa);
    policies.at(-1)?.txt.push(...txt);
  }
  return policies;
}

/** The policy, by its place in {@link recordNames}, that lets `renew` write a record there; `undefined` for none. */
export function policyFinder(names: Names): (record: Pick<RecordSet, 'name' | 'type'>) => number | undefined {
  const policies = recordNames(names).map(({ caa, txt }) => ({ CAA: caa, TXT: txt }));
  return ({ name, type }) => {
    const found = policies.findIndex((policy) => policy[type].some((pattern) => matches(name, pattern)));
    return found < 0 ? undefined : found;
  };
}

/** Neighbours in the DNS come next to each other, so that a zone needs few batches. */
function patternsOf({ domains, challengeTargets }: Names): RecordNames[] {
  const widest = [...new Set(domains)].filter(
    (domain) => !domains.some((other) => other !== domain && isAtOrBelow(domain, other)),
  );
  return [
    ...widest.sort(byDnsOrder).map((domain) => ({
      caa: [domain, `*.${domain}`],
      txt: [`_acme-challenge.${domain}`, `_acme-challenge.*.${domain}`],
    })),
    ...[...new Set(challengeTargets)].sort(byDnsOrder).map((target) => ({ caa: [], txt: [target] })),
  ];
}

function byDnsOrder(a: string, b: string): number {
  const reversed = (name: string) => name.split('.').reverse().join('.');
  return compareTexts(reversed(a), reversed(b));
}

/** One `*` at most, for any characters. */
function matches(name: string, pattern: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return name === pattern;
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

import type { AcmRecord } from '../../delivery/acm/rules/decide-imports.ts';
import type { Lives } from '../../delivery/deployment/rules/decide-delivery.ts';
import type { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import { groupsOf, type HealthFacts, type Judgement, liveOf, type SeenHost } from './health.ts';
import { judgeFile, judgeLive, judgePinned, judgeRenewal } from './judge-certificate.ts';
import { judgeHosts } from './judge-hosts.ts';
import { judgeImports } from './judge-imports.ts';
import { judgeRecord, judgeRevocation } from './judge-revocation.ts';
import { judgeWaiting } from './judge-waiting.ts';
import type { PlannedCertificate } from './plan.ts';

/** From the worst on; `HEALTHS` has the same order. */
const JUDGES = [
  judgeRevocation,
  judgeLive,
  judgeRecord,
  judgeFile,
  judgeRenewal,
  judgeHosts,
  judgeImports,
  judgePinned,
  judgeWaiting,
];

/**
 * The one judgement that page, command line, mails, weekly report, `doctor`, metrics and exit statuses go by: the worst of what
 * is so. `ok` only where a valid certificate that is not revoked is live, and every host with the tag of one of its groups is
 * known and was seen to serve it, or has nothing that could.
 */
export function judgeHealth(facts: HealthFacts): Judgement {
  for (const judge of JUDGES) {
    const found = judge(facts);
    if (found) return found;
  }
  return { health: 'ok', seen: '', remedy: '' };
}

interface Surroundings {
  listed: ReadonlyMap<string, readonly SeenHost[]>;
  records: ReadonlyMap<string, HostRecord>;
  lives?: Lives;
  /** What ACM has, by certificate. */
  imports: ReadonlyMap<string, AcmRecord>;
}

/** What is rejected before anything of it is known: a file with a name that none can have, or an object that does not belong there. */
export function judgeRejected(
  assessments: readonly { planned: PlannedCertificate; facts?: unknown }[],
): (Judgement & { name: string; groups: readonly string[] })[] {
  return assessments.flatMap(({ planned, facts }) => {
    if (facts || planned.action !== 'reject') return [];
    const { name, message: seen } = planned;
    return [{ name, groups: [], health: 'rejected' as const, seen, remedy: '' }];
  });
}

/** The judgement of each certificate of a check, with the groups that are to have what is live. */
export function judgeAll(
  facts: readonly Omit<HealthFacts, 'records' | 'fleet' | 'acm'>[],
  { listed, records, lives, imports }: Surroundings,
): (Judgement & { name: string; groups: readonly string[] })[] {
  const fleet = { fleet: listed, records: [...records.values()], lives };
  return facts.map((one) => ({
    name: one.name,
    groups: liveOf(one) ? groupsOf(one) : [],
    ...judgeHealth({ ...one, ...fleet, acm: imports.get(one.name) }),
  }));
}

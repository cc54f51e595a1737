import { type HostRecord, runOf } from '../../delivery/deployment/rules/host-record.ts';
import { isCompromised, isRevocationOf, type Revocation } from '../../foundation/certificate/revocation.ts';
import { inShort } from '../../foundation/common/in-short.ts';
import { groupsOf, type HealthFacts, isThere, type Judgement, liveOf } from './health.ts';
import { failureOf, rejectionOf, waitOf } from './judge-certificate.ts';

const HOSTS_NAMED = 5;

/** Whether a revoked certificate is live, or still on a host. */
export function judgeRevocation(facts: HealthFacts): Judgement | undefined {
  const { name, wanted } = facts;
  const revocations = knownIn(facts);
  const live = liveOf(facts);
  const own = live && revocationOf(revocations, live);
  const holders = holdersOf(facts, own && live.version);
  if (own && wanted) return { health: 'revoked', ...ofLive(own, facts) };
  if (holders.length === 0) return undefined;
  const named = inShort(
    holders.map(({ instanceId }) => instanceId),
    HOSTS_NAMED,
  );
  const isReached = holders.some(({ group }) => groupsOf(facts).includes(group));
  const again = `the next hourly check tells the hosts again; "deploy ${name}" does at once`;
  const left = 'no group there is to have it any more: take it off there';
  const remedy = own ? 'nothing replaces it: take it off there' : isReached ? again : left;
  return { health: 'revoked', seen: `revoked, and still on ${named}`, remedy };
}

/** Whether anybody knows what is revoked. */
export function judgeRecord({ name, revocations }: HealthFacts): Judgement | undefined {
  if (revocations !== 'unreadable') return undefined;
  const seen = `revoked/${name}.json cannot be read, so nobody knows whether what is live is revoked`;
  return { health: 'unreadable', seen, remedy: 'delete it, and revoke again what was revoked' };
}

const knownIn = ({ revocations }: HealthFacts) => (revocations === 'unreadable' ? [] : revocations);

/** The revocation of a version, or of another one with the same key that was compromised. */
function revocationOf(
  revocations: readonly Revocation[],
  certificate: { version: string; serial: string; keyFingerprint: string },
): Revocation | undefined {
  const own = revocations.find((one) => isRevocationOf(one, certificate));
  return own ?? revocations.find((one) => isCompromised([one], certificate.keyFingerprint));
}

function ofLive({ version, reason }: Revocation, facts: HealthFacts): { seen: string; remedy: string } {
  const { name } = facts;
  const seen = `version ${version} is revoked (${reason}), and nothing newer is live`;
  if (reason === 'cessationOfOperation')
    return { seen, remedy: `nothing replaces it: remove renewal/${name}.json, or renew it with --force` };
  const why = rejectionOf(facts) || failureOf(facts) || waitOf(facts);
  if (why !== '') return { seen: `${seen}; ${why}`, remedy: `"doctor ${name}" says what is in the way` };
  return { seen, remedy: `a new one is ordered at once; else "plan ${name}" says what is in the way` };
}

/** Hosts whose last report was of a version that is revoked, also in a group that is not to have it any more. */
function holdersOf(facts: HealthFacts, live: string | undefined): HostRecord[] {
  const { name, records } = facts;
  const revoked = new Set([...knownIn(facts).map(({ version }) => version), live]);
  if (![...revoked].some((version) => version !== undefined)) return [];
  return records.filter((record) => {
    const { instanceId, group } = record;
    const version = runOf(record, name)?.version;
    return version !== undefined && revoked.has(version) && isThere(facts, { instanceId, group });
  });
}

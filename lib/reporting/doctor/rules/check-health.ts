import { isPending, isWell, type Judgement } from '../../../scan/rules/health.ts';
import { judgeHealth } from '../../../scan/rules/judge-health.ts';
import { checkDomains } from './check-file.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, foundOr, ok, type Result, unseen, warning } from './finding.ts';

type Facts = Pick<CertificateFacts, 'wanted' | 'stack' | 'kept' | 'groups' | 'lives' | 'now'>;

/** How the certificate is, in the words of `perennial-tls status`; the other checks say why. */
export function checkHealth({ wanted, stack, kept, groups, lives, now }: Facts): Result {
  if ('trouble' in kept) return unseen('health', kept.trouble);
  const listed = groups.flatMap(({ group, hosts }) =>
    'found' in hosts ? [[group.name, hosts.found] as const] : [],
  );
  const records = listed.flatMap(([, hosts]) =>
    hosts.flatMap(({ record }) => foundOr(record, undefined) ?? []),
  );
  const seen = new Set(records.map(({ instanceId }) => instanceId));
  const outside = kept.found.records.filter(({ instanceId }) => !seen.has(instanceId));
  const scope = checkDomains(wanted.names, stack.domains);
  const file = scope.status === 'ok' ? { ...wanted, stack } : { rejected: scope.seen };
  const facts = {
    name: wanted.name,
    region: stack.region,
    wanted: true,
    file,
    ...kept.found,
    records: [...records, ...outside],
    fleet: new Map(listed),
    lives,
    now,
  };
  return resultOf(judgeHealth(facts));
}

/** A judgement as a finding: what goes on by itself is a warning. */
export function resultOf(judgement: Judgement): Result {
  if (judgement.health === 'waits-for-window')
    return ok('health', `valid and not revoked; ${judgement.seen}`);
  if (isWell(judgement)) return ok('health', 'valid, not revoked, and served wherever it is wanted');
  const { health, seen, remedy } = judgement;
  const say = isPending(judgement) ? warning : failing;
  return say(
    'health',
    `${health}: ${seen}`,
    remedy || 'do what the message says; the next check looks again',
  );
}

import { liveKey } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { inOneLine } from '../../lib/foundation/common/perennial-error.ts';
import type { Revoked } from '../../lib/issuance/revocation/revoke.ts';
import { readHealthFacts, type StatusReads } from '../../lib/reporting/status/read-status.ts';
import { judgeHealth } from '../../lib/scan/rules/judge-health.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { decider } from '../follow/decide.ts';
import { followRenewal, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { findStack } from '../stack/find-stack.ts';
import { invoke, settingsOf } from '../stack/functions.ts';
import { READS_AT_ONCE } from '../stack/open-bucket.ts';
import { openHosts } from '../stack/open-hosts.ts';
import { requireCertificate } from '../stack/similar-name.ts';

export interface RevokeOptions extends GlobalOptions {
  confirm: string;
  reason: string;
  /** A version in archive/ instead of the live one. */
  version?: string;
  /** Seconds. */
  limit: string;
}

/** `perennial-tls revoke`: has the CA revoke a certificate, and follows the one that replaces it to the hosts. */
export async function revoke(name: string, options: RevokeOptions): Promise<Answer> {
  const { confirm, reason, version, stage, json = false } = options;
  const limitMs = millisecondsOf(options.limit);
  liveKey(name);
  if (confirm !== name)
    throw new CommandError('not-confirmed', {
      seen: 'a certificate that is revoked cannot be used any more',
      remedy: `give its name again: --confirm ${printable(name)}`,
    });
  const stack = await findStack(stage);
  const deps = openFollow(stack);
  await requireCertificate(deps.store, name);
  const before = (await lookBefore(deps, [name])).get(name);
  const event = { revoke: name, confirm, reason, ...(version !== undefined && { version }) };
  const revoked = await invoke<Revoked>(stack, 'revoke', event);
  const told = `revoked version ${revoked.version} of ${name} (${revoked.reason})`;
  if (!revoked.replaced || !before) {
    const reads = { store: deps.store, hosts: openHosts(stack), stack: await settingsOf(stack) };
    return unreplaced(reads, revoked, new Date());
  }
  const deadline = performance.now() + limitMs;
  const decide = decider(stack);
  const followed = await followAll(
    [name],
    (one, watch) => followRenewal(deps, one, { before, deadline, decide, ...watch }),
    { silent: json },
  );
  return { ...followedAnswer('revoke', followed, [told]), json: { revoked, certificates: followed } };
}

/** What came of a revocation that nothing replaces: who still has the version, by the judgement of status. */
export async function unreplaced(reads: StatusReads, revoked: Revoked, now: Date): Promise<Answer> {
  const { name, version, reason } = revoked;
  const [facts] = await readHealthFacts(reads, { now, readsAtOnce: READS_AT_ONCE, only: new Set([name]) });
  const judged = facts && judgeHealth(facts);
  const left = judged?.health === 'revoked' ? judged : undefined;
  const told = `revoked version ${version} of ${name} (${reason}); nothing replaces it`;
  return {
    ok: left === undefined,
    json: { revoked, certificates: [], ...(left && { left }) },
    text: left ? `${told}\n${name}: ${inOneLine(left)}` : told,
  };
}

import { liveKey } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Revoked } from '../../lib/issuance/revocation/revoke.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { decider } from '../follow/decide.ts';
import { followRenewal, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { findStack } from '../stack/find-stack.ts';
import { invoke } from '../stack/functions.ts';

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
  const before = (await lookBefore(deps, [name])).get(name);
  const event = { revoke: name, confirm, reason, ...(version !== undefined && { version }) };
  const revoked = await invoke<Revoked>(stack, 'revoke', event);
  const told = `revoked version ${revoked.version} of ${name} (${revoked.reason})`;
  if (!revoked.replaced || !before)
    return { ok: true, json: { revoked, certificates: [] }, text: `${told}; nothing replaces it` };
  const deadline = performance.now() + limitMs;
  const decide = decider(stack);
  const followed = await followAll(
    [name],
    (one, watch) => followRenewal(deps, one, { before, deadline, decide, ...watch }),
    { silent: json },
  );
  return { ...followedAnswer('revoke', followed, [told]), json: { revoked, certificates: followed } };
}

import type { PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { decider } from '../follow/decide.ts';
import { type FollowDeps, followRenewal, lookBefore } from '../follow/follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { beforehand, previewed, requireConsent } from '../output/preview.ts';
import type { DeployedStack } from '../stack/find-stack.ts';
import { startCheck } from '../stack/functions.ts';

export interface WriteOptions extends GlobalOptions {
  wait?: boolean;
  /** Writes nothing. */
  dryRun?: boolean;
  /** Agrees to CAA above names of others. */
  yes?: boolean;
  /** Seconds. */
  limit: string;
}

/** A renewal file that keeps all rules, and how it gets into the bucket. */
export interface CheckedFile {
  verb: 'add' | 'edit';
  name: string;
  key: string;
  file: object;
  /** Writes it, unless somebody else did meanwhile; resolves to what was done, in words. */
  write: () => Promise<string>;
}

/** Says what will be written to the DNS, writes a file, has scan look at it, and follows what comes of it where that is wanted. */
export async function writeAndFollow(
  { stack, deps }: { stack: DeployedStack; deps: FollowDeps },
  { verb, name, key, file, write }: CheckedFile,
  options: WriteOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(options.limit);
  const planned: PlannedCertificate | undefined = await decider(stack, { file })(name);
  const dns = beforehand(name, planned);
  if (planned?.action === 'reject' || options.dryRun) return previewed(name, { verb, planned, dns, file });
  await requireConsent(planned, options);
  const before = await lookBefore(deps, [name]);
  const told = await write();
  await startCheck(stack, [name]);
  const first = before.get(name);
  if (!options.wait || !first)
    return {
      ok: true,
      json: { key, file, planned },
      text: [...dns, `${told}; "perennial-tls status" shows what comes of it`].join('\n'),
    };
  const deadline = performance.now() + limitMs;
  const decide = decider(stack);
  const followed = await followAll(
    [name],
    (one, watch) => followRenewal(deps, one, { before: first, deadline, decide, ...watch }),
    { silent: options.json ?? false },
  );
  const answer = followedAnswer(verb, followed, [...dns, told]);
  return { ...answer, json: { key, file, planned, certificates: followed } };
}

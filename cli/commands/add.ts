import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { decider } from '../follow/decide.ts';
import { followRenewal, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { listOf, millisecondsOf } from '../output/parse-options.ts';
import { beforehand, previewed, requireConsent } from '../output/preview.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf, startCheck } from '../stack/functions.ts';

export interface AddOptions extends GlobalOptions {
  names: string;
  hosts?: string;
  serverNames?: string;
  key?: string;
  profile?: string;
  ca?: string;
  zoneRole?: string;
  renewBeforeDays?: string;
  force?: boolean;
  wait?: boolean;
  /** Writes nothing. */
  dryRun?: boolean;
  /** Agrees to CAA above names of others. */
  yes?: boolean;
  /** Seconds. */
  limit: string;
}

/**
 * `perennial-tls add`: says what will be written to the DNS, and writes a renewal file that keeps all rules; then the first
 * issue starts.
 */
export async function add(name: string, options: AddOptions): Promise<Answer> {
  const limitMs = millisecondsOf(options.limit);
  const key = renewalKey(name);
  const stack = await findStack(options.stage);
  const file = fileOf(options);
  const text = `${JSON.stringify(file, null, 2)}\n`;
  const wanted = parseRenewalFile(text, name, await settingsOf(stack));
  const deps = openFollow(stack);
  if (!options.force && (await deps.store.get(key))) throw existing(key);
  const planned = await decider(stack, { file })(name);
  const dns = beforehand(name, planned);
  if (planned?.action === 'reject' || options.dryRun) return previewed(name, { planned, dns, file });
  await requireConsent(planned, options);
  const before = await lookBefore(deps, [name]);
  const replaced = await putRenewalFile(deps.store, { key, text, force: options.force ?? false });
  const told = `${replaced ? 'replaced' : 'added'} ${key} for ${wanted.names.join(', ')}`;
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
  const answer = followedAnswer('add', followed, [...dns, told]);
  return { ...answer, json: { key, file, planned, certificates: followed } };
}

/** The renewal file that the options ask for. */
export function fileOf(options: Omit<AddOptions, 'limit'>): Record<string, unknown> {
  const { key, profile, zoneRole, renewBeforeDays } = options;
  const cas = listOf(options.ca);
  const serverNames = listOf(options.serverNames);
  return {
    names: listOf(options.names),
    hosts: listOf(options.hosts),
    ...(serverNames.length > 0 && { serverNames }),
    ...(key !== undefined && { key }),
    ...(profile !== undefined && { profile }),
    ...(cas.length > 0 && { ca: cas.length === 1 ? cas[0] : cas }),
    ...(zoneRole !== undefined && { zoneRole }),
    ...(renewBeforeDays !== undefined && { renewBeforeDays: Number(renewBeforeDays) }),
  };
}

/** Whether a file was replaced; without `force` one that exists already is left as it is. */
export async function putRenewalFile(
  store: Pick<ObjectStore, 'get' | 'create' | 'replace'>,
  { key, text, force }: { key: string; text: string; force: boolean },
): Promise<boolean> {
  const stored = await store.get(key);
  if (!stored) {
    if (await store.create(key, text)) return false;
  } else if (force && (await store.replace(key, text, { etag: stored.etag }))) return true;
  throw existing(key);
}

const existing = (key: string) =>
  new CommandError('renewal-file-exists', { seen: `${key} exists already`, remedy: '--force replaces it' });

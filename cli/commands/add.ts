import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import type { Answer } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { openFollow } from '../follow/open-follow.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { withOptions } from '../renewal-file/file-options.ts';
import { type WriteOptions, writeAndFollow } from '../renewal-file/write-and-follow.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';

export interface AddOptions extends WriteOptions {
  force?: boolean;
}

/**
 * `perennial-tls add`: says what will be written to the DNS, and writes a renewal file that keeps all rules; then the first
 * issue starts.
 */
export async function add(name: string, options: AddOptions): Promise<Answer> {
  millisecondsOf(options.limit);
  const key = renewalKey(name);
  const stack = await findStack(options.stage);
  const file = fileOf({ ...options });
  const text = `${JSON.stringify(file, null, 2)}\n`;
  const wanted = parseRenewalFile(text, name, await settingsOf(stack));
  const deps = openFollow(stack);
  const force = options.force ?? false;
  if (!force && (await deps.store.get(key))) throw existing(key);
  const write = async () => {
    const replaced = await putRenewalFile(deps.store, { key, text, force });
    return `${replaced ? 'replaced' : 'added'} ${key} for ${wanted.names.join(', ')}`;
  };
  return writeAndFollow({ stack, deps }, { verb: 'add', name, key, file, write }, options);
}

/** The renewal file that the options ask for. */
export const fileOf = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  withOptions({ names: [], hosts: [] }, options);

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
  new CommandError('renewal-file-exists', {
    seen: `${key} exists already`,
    remedy: '--force replaces it; "perennial-tls edit" changes it',
  });

import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { confirm as ask, isAsked } from '../output/confirm.ts';
import { showable } from '../output/table.ts';
import { findStays, staysLines } from '../renewal-file/what-stays.ts';
import { findStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { nothingByThatName } from '../stack/similar-name.ts';

export interface RemoveOptions extends GlobalOptions {
  yes?: boolean;
  /** The name again, which says the same. */
  confirm?: string;
}

/** Whether a person agrees, once told what stays. */
type Agree = (lines: readonly string[]) => Promise<boolean>;

/** `perennial-tls remove`: removes a renewal file, so that the certificate is not renewed any more, and says what stays. */
export async function remove(name: string, options: RemoveOptions): Promise<Answer> {
  renewalKey(name);
  const { yes = false, confirm, json = false, stage } = options;
  if (confirm !== undefined && confirm !== name)
    throw notConfirmed('what --confirm says is not its name', `give --confirm ${printable(name)}`);
  const agree: Agree = async (lines) => {
    if (yes || confirm !== undefined) return true;
    if (json || !isAsked())
      throw notConfirmed('a certificate without a renewal file expires', '--yes removes it');
    console.error(lines.join('\n'));
    return ask(`Remove ${renewalKey(name)}?`);
  };
  return removeFrom(openBucket(await findStack(stage)), name, agree);
}

export async function removeFrom(
  store: Pick<ObjectStore, 'get' | 'list' | 'folders' | 'remove'>,
  name: string,
  agree: Agree,
): Promise<Answer> {
  const key = renewalKey(name);
  const stored = await store.get(key);
  if (!stored) throw await nothingByThatName(store, name);
  const stays = await findStays(store, name, stored.body);
  const lines = staysLines(name, stays).map((line) => showable(`  ${line}`));
  if (!(await agree(['what stays:', ...lines])))
    return { ok: false, json: { stays }, text: `${key} stays; nothing was removed` };
  await store.remove(key, { etag: stored.etag });
  if (await store.get(key))
    throw new CommandError('changed-meanwhile', {
      seen: `${key} was changed by somebody else meanwhile`,
      remedy: 'nothing was removed; look at it, and remove it again',
    });
  return {
    ok: true,
    json: { removed: key, ...(stays.live && { notAfter: stays.live.notAfter }), stays },
    text: [`removed ${key}: it is not renewed any more. What stays:`, ...lines].join('\n'),
  };
}

const notConfirmed = (seen: string, remedy: string) =>
  new CommandError('not-confirmed', { seen, remedy: `nothing was removed; ${remedy}` });

import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { findPointer } from '../../lib/foundation/bucket/read-pointer.ts';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { findStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { nothingByThatName } from '../stack/similar-name.ts';

export interface RemoveOptions extends GlobalOptions {
  confirm: string;
}

/** `perennial-tls remove`: removes a renewal file, so that the certificate is not renewed any more, and says what stays. */
export async function remove(name: string, { confirm, stage }: RemoveOptions): Promise<Answer> {
  renewalKey(name);
  if (confirm !== name)
    throw new CommandError('not-confirmed', {
      seen: 'a certificate without a renewal file expires',
      remedy: `give its name again: --confirm ${printable(name)}`,
    });
  return removeFrom(openBucket(await findStack(stage)), name);
}

export async function removeFrom(
  store: Pick<ObjectStore, 'get' | 'list' | 'remove'>,
  name: string,
): Promise<Answer> {
  const key = renewalKey(name);
  const stored = await store.get(key);
  if (!stored) throw await nothingByThatName(store, name);
  await store.remove(key, { etag: stored.etag });
  const notAfter = (await findPointer(store, name))?.pointer?.notAfter;
  const stays = notAfter
    ? `its hosts, and ACM, keep what is live until ${notAfter.slice(0, 10)}; 30 days later it is removed from the bucket. "perennial-tls revoke" ends it at once`
    : 'nothing of it was issued';
  return { ok: true, json: { removed: key, notAfter }, text: `removed ${key}; ${stays}` };
}

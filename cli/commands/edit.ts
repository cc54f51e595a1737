import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import type { Stack } from '../../lib/foundation/certificate/stack.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import { PerennialError } from '../../lib/foundation/common/perennial-error.ts';
import type { Answer } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { openFollow } from '../follow/open-follow.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { type ChangeOptions, changeFile, isChangeGiven } from '../renewal-file/change-file.ts';
import { type EditedText, editText } from '../renewal-file/edit-text.ts';
import { type WriteOptions, writeAndFollow } from '../renewal-file/write-and-follow.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { nothingByThatName } from '../stack/similar-name.ts';

export type EditOptions = WriteOptions & ChangeOptions;

/** `perennial-tls edit`: changes a renewal file by options or in an editor, and writes it only where it keeps all rules. */
export async function edit(name: string, options: EditOptions): Promise<Answer> {
  millisecondsOf(options.limit);
  const key = renewalKey(name);
  const stack = await findStack(options.stage);
  const settings = await settingsOf(stack);
  const deps = openFollow(stack);
  const stored = await deps.store.get(key);
  if (!stored) throw await nothingByThatName(deps.store, name);
  const given = { ...options };
  const edited = isChangeGiven(given) ? undefined : await editText(name, stored.body);
  const text = edited?.text ?? `${JSON.stringify(changeFile(stored.body, given, key), null, 2)}\n`;
  if (isSame(stored.body, text)) {
    await edited?.discard();
    return { ok: true, json: { key, changed: false }, text: `${key}: nothing was changed` };
  }
  return keepingText(edited, (onWritten) => {
    const file = checked(text, name, settings);
    const write = async () => {
      const told = await replaceFile(deps.store, { key, text, etag: stored.etag });
      await onWritten();
      return told;
    };
    return writeAndFollow({ stack, deps }, { verb: 'edit', name, key, file, write }, options);
  });
}

function isSame(before: string, after: string): boolean {
  if (before === after) return true;
  try {
    return JSON.stringify(JSON.parse(before)) === JSON.stringify(JSON.parse(after));
  } catch {
    return false;
  }
}

/** As it is written; throws InputError in one line where it breaks a rule. */
function checked(text: string, name: string, stack: Stack): object {
  parseRenewalFile(text, name, stack);
  return JSON.parse(text.replace(/^\ufeff/, ''));
}

/** Writes a file that is still what was read: a change that was made meanwhile is not lost. */
export async function replaceFile(
  store: Pick<ObjectStore, 'replace'>,
  { key, text, etag }: { key: string; text: string; etag: string },
): Promise<string> {
  if (await store.replace(key, text, { etag })) return `changed ${key}`;
  throw new CommandError('changed-meanwhile', {
    seen: `${key} was changed by somebody else meanwhile`,
    remedy: 'nothing was written; look at it, and edit it again',
  });
}

/** What was typed is there still where it is not written. */
export async function keepingText(
  edited: EditedText | undefined,
  carryOut: (onWritten: () => Promise<void>) => Promise<Answer>,
): Promise<Answer> {
  let isWritten = false;
  const kept = `your text is in ${edited?.path}`;
  try {
    const answer = await carryOut(async () => {
      isWritten = true;
      await edited?.discard();
    });
    return isWritten || !edited ? answer : { ...answer, text: `${answer.text}\n${kept}` };
  } catch (error) {
    if (isWritten || !edited || !(error instanceof PerennialError)) throw error;
    const { reason, seen, remedy } = error;
    throw new InputError(reason, { seen: `${seen}; ${kept}`, remedy, cause: error });
  }
}

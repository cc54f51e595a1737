import { text as textOf } from 'node:stream/consumers';
import { webhooks } from '../../lib/adapters/net/webhooks.ts';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { chatKey } from '../../lib/foundation/certificate/object-keys.ts';
import { explainIssues, printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Webhooks } from '../../lib/reporting/chats/chats.ts';
import {
  CHAT_KINDS,
  type Chat,
  ChatName,
  ChatUrl,
  kindOf,
  payloadFor,
} from '../../lib/reporting/chats/rules/chat.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { findStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';

export interface ChatOptions extends GlobalOptions {
  as?: string;
  remove?: boolean;
}

type Input = NodeJS.ReadableStream & { isTTY?: boolean };

/** `perennial-tls chat`: has a chat told what people are mailed, by the webhook whose address standard input has; or no more. */
export async function chat(name: string, { as, remove = false, stage }: ChatOptions): Promise<Answer> {
  requireName(name);
  if (remove) return removeChat(openBucket(await findStack(stage)), name);
  const wanted = await readChat(name, { input: process.stdin, as });
  const stack = await findStack(stage);
  return putChat({ store: openBucket(stack), webhooks }, { name, chat: wanted, stack: stack.name });
}

/** The address is no argument: those are seen by every program of the machine, and kept by shells. */
export async function readChat(
  name: string,
  { input, as }: { input: Input; as?: string | undefined },
): Promise<Chat> {
  const kind = CHAT_KINDS.find((one) => one === as);
  if (as !== undefined && !kind)
    throw new CommandError('chat-invalid', {
      seen: `--as "${printable(as)}" is none`,
      remedy: `give ${CHAT_KINDS.join(', ')}, or nothing, as the address tells`,
    });
  if (input.isTTY)
    throw new CommandError('chat-missing', {
      seen: 'the address of the webhook is read from standard input',
      remedy: `give it from a file: perennial-tls chat ${name} < FILE`,
    });
  const { success, data, error } = ChatUrl.safeParse((await textOf(input)).trim());
  // Without the input, which may be a secret with a blank in it.
  if (!success)
    throw new CommandError('chat-invalid', {
      seen: `standard input ${error.issues[0]?.message ?? 'holds no address'}`,
      remedy: 'give nothing but the address there',
    });
  return { kind: kind ?? kindOf(data), url: data };
}

/** Nothing is kept that a first message does not come through to; the address cannot be read back from here. */
export async function putChat(
  { store, webhooks }: { store: Pick<ObjectStore, 'put'>; webhooks: Webhooks },
  { name, chat, stack }: { name: string; chat: Chat; stack: string },
): Promise<Answer> {
  const head = 'Troubles, their ends, reminders, weekly reports and alarms come here too from now on.';
  const message = { title: `[${stack}] This chat is told as "${name}"`, parts: [{ head, lines: [] }] };
  await webhooks.post(chat.url, payloadFor(chat.kind, message));
  const key = chatKey(name);
  await store.put(key, `${JSON.stringify(chat)}\n`);
  const { host } = new URL(chat.url);
  return {
    ok: true,
    json: { written: key, kind: chat.kind, host },
    text: `wrote ${key}: ${host} took a first message as ${chat.kind}`,
  };
}

export async function removeChat(store: Pick<ObjectStore, 'remove'>, name: string): Promise<Answer> {
  const key = chatKey(name);
  await store.remove(key);
  return { ok: true, json: { removed: key }, text: `removed ${key}: that chat is told nothing more` };
}

function requireName(name: string): void {
  const { success, error } = ChatName.safeParse(name);
  if (!success) throw new CommandError('chat-invalid', `"${printable(name)}" ${explainIssues(error)}`);
}

import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { CHATS_PREFIX, chatKey } from '../../foundation/certificate/object-keys.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import type { AgainLater, ChatTopic, Webhooks } from './chats.ts';
import { Chat, ChatName, payloadFor } from './rules/chat.ts';
import { readMessage, type TopicMessage } from './rules/read-message.ts';

export interface ChatDeps {
  store: Pick<ObjectStore, 'get' | 'list'>;
  webhooks: Webhooks;
  topic: ChatTopic;
  again: AgainLater;
  docsUrl: string;
}

/** How one chat took a message. */
export interface Told {
  chat: string;
  failure?: unknown;
}

/** Never the name of a webhook. */
const AMAZON_Q = '(amazon-q)';

/**
 * Posts what people are told to each chat. Of several those that took it are not told again: the message comes back for the others
 * alone. Throws when none took it, so that the queue brings it back, and gives it up after five times.
 */
export async function tellChats(deps: ChatDeps, received: TopicMessage): Promise<Told[]> {
  const message = readMessage(received, deps.docsUrl);
  const told = await Promise.all(
    (await chatsOf(deps, received)).map(async (chat): Promise<Told> => {
      try {
        await post(deps, chat, message);
        return { chat };
      } catch (failure) {
        return { chat, failure };
      }
    }),
  );
  const failed = told.filter((one) => 'failure' in one);
  if (failed.length === 0) return told;
  if (failed.length === told.length) throw failed[0]?.failure;
  await deps.again.put({ ...received, only: failed.map(({ chat }) => chat) });
  return told;
}

/** Those that are meant; one that was removed meanwhile is told nothing. */
async function chatsOf({ store }: ChatDeps, { only }: TopicMessage): Promise<string[]> {
  const listed = await store.list(CHATS_PREFIX);
  const names = listed.flatMap(({ key }) => {
    const name = key.slice(CHATS_PREFIX.length, -'.json'.length);
    return ChatName.safeParse(name).success && chatKey(name) === key ? name : [];
  });
  return [AMAZON_Q, ...names].filter((name) => only === undefined || only.includes(name));
}

async function post(
  { store, webhooks, topic }: ChatDeps,
  name: string,
  message: ReturnType<typeof readMessage>,
): Promise<void> {
  if (name === AMAZON_Q) return topic.send(payloadFor('amazon-q', message));
  const stored = await store.get(chatKey(name));
  if (stored === undefined) return;
  const how = { where: chatKey(name), reason: 'chat-malformed', secret: true } as const;
  const { kind, url } = parseJson(stored.body, Chat, how);
  await webhooks.post(url, payloadFor(kind, message));
}

import type { TopicMessage } from './rules/read-message.ts';

/** Where a message is posted. A repeated call posts it twice. */
export interface Webhooks {
  /** Throws a PerennialError of reason `chat-refused`, which names the host and not the address. */
  post(url: string, payload: unknown): Promise<void>;
}

/** The topic to which Amazon Q in chat applications may be subscribed. */
export interface ChatTopic {
  send(payload: unknown): Promise<void>;
}

/** The queue that the messages come from. */
export interface AgainLater {
  /** The message comes once more, after a while. */
  put(message: TopicMessage): Promise<void>;
}

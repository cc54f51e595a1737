/** A message that a function took from its queue itself. */
export interface TakenMessage {
  messageId: string;
  receipt: string;
  body: string;
}

/**
 * What waits in a queue besides the messages that a function was given. A message that is not removed comes back by itself;
 * one that is removed twice, or is gone, is no error.
 */
export interface FurtherMessages {
  /** Takes what is there, `most` at most; ends when nothing comes for a second. */
  take(most: number): Promise<TakenMessage[]>;
  remove(messages: readonly TakenMessage[]): Promise<void>;
}

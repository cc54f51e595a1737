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

/** The queue of a function that looks into it by itself. A message is hidden for as long as the queue says, and comes back then. */
export interface OwnQueue {
  /** Takes what is there, as many as the function handles in one go at most; ends at once where nothing is. */
  take(): Promise<TakenMessage[]>;
  remove(messages: readonly TakenMessage[]): Promise<void>;
}

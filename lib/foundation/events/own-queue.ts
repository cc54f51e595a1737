/** A message that a function took from its queue itself. */
export interface TakenMessage {
  messageId: string;
  receipt: string;
  body: string;
}

/** The queue of a function that looks into it by itself. A message is hidden for as long as the queue says, and comes back then. */
export interface OwnQueue {
  /** Takes what is there, as many as the function handles in one go at most; ends at once where nothing is. */
  take(): Promise<TakenMessage[]>;
  remove(messages: readonly TakenMessage[]): Promise<void>;
}

/** Who wants to be told. */
export interface Mailbox {
  /** Told or an error; a repetition comes twice. `subject` is ASCII of at most 100 characters. */
  send(mail: { subject: string; text: string }): Promise<void>;
}

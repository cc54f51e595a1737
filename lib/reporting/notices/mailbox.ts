/** Where mail to people goes; `subject` is ASCII of at most 100 characters. A repeated call sends it twice. */
export interface Mailbox {
  send(mail: { subject: string; text: string }): Promise<void>;
}

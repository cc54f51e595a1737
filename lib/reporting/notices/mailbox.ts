import type { Subscription } from './rules/unheard.ts';

/** Where mail to people goes; `subject` is ASCII of less than 100 characters. A repeated call sends it twice. */
export interface Mailbox {
  send(mail: { subject: string; text: string }): Promise<void>;
}

/** Who hears what is told to people; only reads. */
export interface Subscriptions {
  /** Whom the settings name: mail addresses, https addresses, ARNs of queues. */
  wanted: readonly string[];
  /** The topic's ARN, with which they subscribe again. */
  topic: string;
  /** Every subscription that there is. Throws a PerennialError of reason `notices-unavailable`. */
  list(): Promise<Subscription[]>;
}

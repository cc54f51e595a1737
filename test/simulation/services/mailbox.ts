import type { Mailbox } from '../../../lib/reporting/notices/mailbox.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Scheduler } from '../engine/scheduler.ts';

export interface Mail {
  at: number;
  subject: string;
  text: string;
  /** The run of notify that sent it. */
  by: string;
  /** Whether that run had died before: what it sent it does not remember, so it is sent again. */
  isAfterDeath?: boolean;
}

/** What people were told. */
export class Mails {
  readonly #scheduler: Scheduler;
  readonly onMail: ((mail: Mail) => void)[] = [];
  count = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  send(mail: Omit<Mail, 'at'>): void {
    this.count += 1;
    for (const hear of this.onMail) hear({ ...mail, at: this.#scheduler.now });
  }
}

export function mailboxFor(
  invocation: Invocation,
  { mails, calls }: { mails: Mails; calls: Calls },
): Mailbox {
  return {
    send: (mail) =>
      calls.make(invocation, {
        port: 'mail',
        what: `mail ${mail.subject}`,
        effect: () => mails.send({ ...mail, by: invocation.id, isAfterDeath: !invocation.isAlive }),
        trouble: () => new Error('could not publish to the topic: no answer'),
        latencyMs: 40,
      }),
  };
}

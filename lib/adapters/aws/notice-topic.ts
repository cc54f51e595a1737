import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { Mailbox } from '../../reporting/notices/mailbox.ts';
import { errorText } from './error-name.ts';

export class NoticeError extends PerennialError<'notices-unavailable'> {
  override readonly name = 'NoticeError';
}

export class NoticeTopic implements Mailbox {
  readonly #sns: SNSClient;
  readonly #topicArn: string;

  constructor(sns: SNSClient, topicArn: string) {
    this.#sns = sns;
    this.#topicArn = topicArn;
  }

  async send({ subject, text }: { subject: string; text: string }): Promise<void> {
    const command = new PublishCommand({ TopicArn: this.#topicArn, Subject: subject, Message: text });
    await this.#sns.send(command).catch((cause) => {
      const seen = `could not publish to ${this.#topicArn}: ${errorText(cause)}`;
      throw new NoticeError('notices-unavailable', { seen, cause });
    });
  }
}

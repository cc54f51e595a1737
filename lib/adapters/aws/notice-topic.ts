import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Mailbox } from '../../reporting/notices/mailbox.ts';
import { errorText } from './error-name.ts';

export class NoticeError extends Error {
  override readonly name = 'NoticeError';
  readonly reason = 'notices-unavailable';
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
      throw new NoticeError(`could not publish to ${this.#topicArn}: ${errorText(cause)}`, { cause });
    });
  }
}

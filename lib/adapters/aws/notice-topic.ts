import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { Mailbox } from '../../reporting/notices/mailbox.ts';
import { errorText } from './error-name.ts';

export class NoticeError extends PerennialError<'notices-unavailable'> {
  override readonly name = 'NoticeError';
}

export function noticeTopic(sns: SNSClient, TopicArn: string): Mailbox {
  return {
    async send({ subject: Subject, text: Message }) {
      await sns.send(new PublishCommand({ TopicArn, Subject, Message })).catch((cause) => {
        const seen = `could not publish to ${TopicArn}: ${errorText(cause)}`;
        throw new NoticeError('notices-unavailable', { seen, cause });
      });
    },
  };
}

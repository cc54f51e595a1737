import { PublishCommand, paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { ChatTopic } from '../../reporting/chats/chats.ts';
import type { Mailbox, Subscriptions } from '../../reporting/notices/mailbox.ts';
import { errorText } from './error-name.ts';

export class NoticeError extends PerennialError<'notices-unavailable'> {
  override readonly name = 'NoticeError';
}

export function noticeTopic(sns: SNSClient, topic: string): Mailbox {
  return { send: ({ subject: Subject, text: Message }) => publish(sns, topic, { Subject, Message }) };
}

export function chatTopic(sns: SNSClient, topic: string): ChatTopic {
  return { send: (payload) => publish(sns, topic, { Message: JSON.stringify(payload) }) };
}

async function publish(
  sns: SNSClient,
  TopicArn: string,
  message: { Subject?: string; Message: string },
): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn, ...message })).catch((cause) => {
    const seen = `could not publish to ${TopicArn}: ${errorText(cause)}`;
    throw new NoticeError('notices-unavailable', { seen, cause });
  });
}

/** In the place of an ARN SNS gives `PendingConfirmation` until somebody confirms, and `Deleted` for a while afterwards. */
const CONFIRMED = /^arn:/;

export function topicSubscriptions(
  client: SNSClient,
  { noticeTopic: topic, notify: wanted }: { noticeTopic: string; notify: readonly string[] },
): Subscriptions {
  return {
    wanted,
    topic,
    async list() {
      try {
        const found: Awaited<ReturnType<Subscriptions['list']>> = [];
        for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
          { client },
          { TopicArn: topic },
        ))
          for (const { Endpoint = '', SubscriptionArn = '' } of Subscriptions)
            found.push({ endpoint: Endpoint, isConfirmed: CONFIRMED.test(SubscriptionArn) });
        return found;
      } catch (cause) {
        const seen = `could not list the subscriptions of ${topic}: ${errorText(cause)}`;
        throw new NoticeError('notices-unavailable', { seen, cause });
      }
    },
  };
}

import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { chatTopic } from '../lib/adapters/aws/notice-topic.ts';
import { againLater, ownQueue } from '../lib/adapters/aws/queue.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { webhooks } from '../lib/adapters/net/webhooks.ts';
import { describeError } from '../lib/foundation/common/describe-error.ts';
import { logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import { TopicMessage } from '../lib/reporting/chats/rules/read-message.ts';
import { type ChatDeps, tellChats } from '../lib/reporting/chats/tell-chats.ts';

const settings = readSettings(process.env);
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const deps: ChatDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  webhooks,
  topic: chatTopic(new SNSClient(), settings.chatTopic),
  again: againLater(sqs, settings.queue),
  docsUrl: settings.docsUrl,
};

/** Posts to chats what people are told by mail. */
export const handler = queued(
  TopicMessage,
  async (message) => {
    for (const { chat, ...told } of await tellChats(deps, message)) {
      if ('failure' in told) logger.warn('chat not told', { chat, failure: describeError(told.failure) });
      else logger.info('chat told', { chat });
    }
  },
  ownQueue(sqs, settings),
);

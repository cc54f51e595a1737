import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FurtherMessages } from '../../foundation/events/further-messages.ts';
import type { AgainLater } from '../../reporting/chats/chats.ts';

/** What ReceiveMessage and DeleteMessageBatch take at most. */
const AT_ONCE = 10;
/** As long as a function may run: nobody else gets them meanwhile. */
const HIDDEN_SECONDS = 900;
/** Asks all servers of the queue, and not some of them (SQS developer guide, "short and long polling"). */
const WAIT_SECONDS = 1;

const AGAIN_SECONDS = 60;

/** The same queue as that of the message: once, so that Lambda sees no loop. */
export function againLater(sqs: SQSClient, QueueUrl: string): AgainLater {
  return {
    async put(message) {
      const MessageBody = JSON.stringify(message);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: AGAIN_SECONDS }));
    },
  };
}

/** Messages that wait in a queue besides those that a function was given. */
export function furtherMessages(sqs: SQSClient, QueueUrl: string): FurtherMessages {
  return {
    async take(most) {
      const taken: Message[] = [];
      for (let left = most; left > 0; left = most - taken.length) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: Math.min(AT_ONCE, left),
            VisibilityTimeout: HIDDEN_SECONDS,
            WaitTimeSeconds: WAIT_SECONDS,
          }),
        );
        if (Messages.length === 0) break;
        taken.push(...Messages);
      }
      return taken.map(({ MessageId: messageId = '', ReceiptHandle: receipt = '', Body: body = '' }) => ({
        messageId,
        receipt,
        body,
      }));
    },
    async remove(messages) {
      for (let from = 0; from < messages.length; from += AT_ONCE)
        await sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl,
            Entries: messages
              .slice(from, from + AT_ONCE)
              .map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt })),
          }),
        );
    },
  };
}

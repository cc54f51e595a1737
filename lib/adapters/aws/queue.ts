import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { OwnQueue, TakenMessage } from '../../foundation/events/own-queue.ts';
import type { AgainLater } from '../../reporting/chats/chats.ts';

/** What ReceiveMessage and DeleteMessageBatch take at most. */
const AT_ONCE = 10;
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

/** A look into an empty queue costs a request and no time: what a short poll overlooks is there at the next look. */
export function ownQueue(
  sqs: SQSClient,
  { queue: QueueUrl, takes }: { queue: string; takes: number },
): OwnQueue {
  return {
    take: () => receive(sqs, takes, { QueueUrl, WaitTimeSeconds: 0 }),
    remove: (messages) => remove(sqs, QueueUrl, messages),
  };
}

async function receive(
  sqs: SQSClient,
  most: number,
  request: ReceiveMessageCommandInput,
): Promise<TakenMessage[]> {
  const taken: Message[] = [];
  for (let left = most; left > 0; left = most - taken.length) {
    const MaxNumberOfMessages = Math.min(AT_ONCE, left);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...request, MaxNumberOfMessages }));
    if (Messages.length === 0) break;
    taken.push(...Messages);
  }
  return taken.map(({ MessageId: messageId = '', ReceiptHandle: receipt = '', Body: body = '' }) => ({
    messageId,
    receipt,
    body,
  }));
}

async function remove(sqs: SQSClient, QueueUrl: string, messages: readonly TakenMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    const Entries = messages
      .slice(from, from + AT_ONCE)
      .map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

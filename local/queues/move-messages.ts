import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/**
 * StartMessageMoveTask, which moto lacks: moves every message of a dead-letter queue to the destination, else to the queue that
 * it came from (`cameFrom`, by the message's id), or the only one whose redrive policy leads there. Source: Amazon SQS API reference.
 */
export async function moveMessages(
  sqs: SQSClient,
  { SourceArn, DestinationArn }: { SourceArn: string; DestinationArn?: string | undefined },
  cameFrom: ReadonlyMap<string, string> = new Map(),
): Promise<{ TaskHandle: string }> {
  const queues = await queuesOf(sqs);
  const source = queues.find(({ arn }) => arn === SourceArn);
  const only = queues.filter(({ deadLetters }) => deadLetters === SourceArn);
  const destinationOf = (id = '') => {
    const arn = DestinationArn ?? cameFrom.get(id) ?? (only.length === 1 ? only[0]?.arn : undefined);
    return queues.find((queue) => queue.arn === arn);
  };
  if (!source || (DestinationArn === undefined ? only.length === 0 : !destinationOf()))
    throw new Error(`no queue to move the messages of ${SourceArn} to`);
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: source.url, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return { TaskHandle: Buffer.from(SourceArn).toString('base64') };
    for (const { Body, ReceiptHandle, MessageId } of Messages) {
      const destination = destinationOf(MessageId);
      // As SQS does: what came from no queue, the task leaves.
      if (!destination) continue;
      await sqs.send(new SendMessageCommand({ QueueUrl: destination.url, MessageBody: Body }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: source.url, ReceiptHandle }));
    }
  }
}

async function queuesOf(sqs: SQSClient) {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  return Promise.all(
    QueueUrls.map(async (url) => {
      const query = new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['QueueArn', 'RedrivePolicy'],
      });
      const { Attributes = {} } = await sqs.send(query);
      const { deadLetterTargetArn } = JSON.parse(Attributes.RedrivePolicy ?? '{}');
      return { url, arn: Attributes.QueueArn, deadLetters: deadLetterTargetArn as string | undefined };
    }),
  );
}

import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AwsRequest, AwsResponse } from '../gateway/request.ts';

/** What functions took from their queues by themselves, and did not delete yet. */
export class TakenMessages {
  /** Receipts, by the queue's address. */
  readonly #receipts = new Map<string, Set<string>>();

  /** Notes what an answer to ReceiveMessage gives; returns the messages' ids. SDKs speak JSON. */
  received(request: AwsRequest, answer: AwsResponse): string[] {
    if (answer.status !== 200) return [];
    const { QueueUrl } = JSON.parse(request.body.toString());
    const { Messages = [] } = JSON.parse(answer.body.toString());
    const known = this.#receipts.get(QueueUrl) ?? new Set();
    for (const { ReceiptHandle } of Messages) known.add(ReceiptHandle);
    this.#receipts.set(QueueUrl, known);
    return Messages.map(({ MessageId }: { MessageId: string }) => MessageId);
  }

  /** Notes what DeleteMessage or DeleteMessageBatch deletes. */
  deleted(request: AwsRequest): void {
    const { QueueUrl, ReceiptHandle, Entries = [{ ReceiptHandle }] } = JSON.parse(request.body.toString());
    for (const { ReceiptHandle } of Entries) this.#receipts.get(QueueUrl)?.delete(ReceiptHandle);
  }

  /** Has what is left come back after a time, as that of a failed batch does. */
  async putBack(sqs: SQSClient, queueName: string, afterMs: number): Promise<void> {
    const VisibilityTimeout = Math.ceil(afterMs / 1000);
    for (const [QueueUrl, receipts] of this.#receipts) {
      if (!QueueUrl.endsWith(`/${queueName}`)) continue;
      this.#receipts.delete(QueueUrl);
      for (const ReceiptHandle of receipts)
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    }
  }
}

import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { ownQueue } from '../../../../lib/adapters/aws/queue.ts';
import { type SentCommand, stubbed } from '../../../fakes/stubbed-client.ts';

const QUEUE = 'https://sqs.test/own';
const message = (index: number) => ({
  MessageId: `m${index}`,
  ReceiptHandle: `r${index}`,
  Body: `b${index}`,
});

/** A queue with this many messages, which gives ten at most, as SQS does. */
function queueWith(count: number, takes: number) {
  let given = 0;
  const answer = ({ name, input }: SentCommand) => {
    if (name !== 'ReceiveMessageCommand') return undefined;
    const more = Math.min(input.MaxNumberOfMessages, 10, count - given);
    given += more;
    return { Messages: Array.from({ length: more }, (_, index) => message(given - more + index)) };
  };
  const { client, sent } = stubbed(new SQSClient({ region: 'eu-central-1' }), answer);
  return { own: ownQueue(client, { queue: QUEUE, takes }), sent };
}

it('a look into an empty queue is one request that waits for nothing', async () => {
  const { own, sent } = queueWith(0, 100);
  expect(await own.take()).toEqual([]);
  // Without a timeout of its own: that of the queue is made for its function.
  expect(sent.map(({ input }) => input)).toEqual([
    { QueueUrl: QUEUE, WaitTimeSeconds: 0, MaxNumberOfMessages: 10 },
  ]);
});

it.each([
  [25, 100, 25, [10, 10, 10, 10]],
  [25, 1, 1, [1]],
  [25, 12, 12, [10, 2]],
])('of %i messages takes %i at most', async (count, takes, taken, asked) => {
  const { own, sent } = queueWith(count, takes);
  const messages = await own.take();
  expect(messages).toHaveLength(taken);
  expect(messages[0]).toEqual({ messageId: 'm0', receipt: 'r0', body: 'b0' });
  expect(sent.map(({ input }) => input.MaxNumberOfMessages)).toEqual(asked);
});

it('removes what was handled, ten at once', async () => {
  const { own, sent } = queueWith(12, 100);
  await own.remove(await own.take());
  const removed = sent.filter(({ name }) => name === 'DeleteMessageBatchCommand');
  expect(removed.map(({ input }) => input.Entries.length)).toEqual([10, 2]);
  expect(removed[1]?.input.Entries).toEqual([
    { Id: '0', ReceiptHandle: 'r10' },
    { Id: '1', ReceiptHandle: 'r11' },
  ]);
});

import type { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import type { AwsRequest } from '../../../local/gateway/request.ts';
import type { InvocationResult } from '../../../local/lambda/invocation.ts';
import { Looker } from '../../../local/queues/looker.ts';
import { TakenMessages } from '../../../local/queues/taken.ts';

const mapping = {
  id: 'notify',
  queueArn: 'arn:aws:sqs:eu-west-1:1:notices',
  functionArn: 'arn:aws:lambda:eu-west-1:1:function:notify',
  batchSize: 10,
  maximumConcurrency: 1,
  reportsItemFailures: false,
  looks: true,
};
const DONE = {} as InvocationResult;

/** A queue with so many messages, of which a run takes two. */
function looking(waiting: number, run = async (): Promise<InvocationResult> => DONE) {
  const state = { waiting, payloads: [] as string[], ends: 0, errors: [] as string[] };
  const looker = new Looker({
    mapping,
    counts: async () => ({ visible: state.waiting, all: state.waiting }),
    invoke: async (_, payload) => {
      state.payloads.push(payload);
      state.waiting = Math.max(0, state.waiting - 2);
      return run();
    },
    onEnd: async () => {
      state.ends += 1;
    },
    onError: (line) => state.errors.push(line),
  });
  return { state, looker };
}

describe('a function that looks into its queue on the local cloud', () => {
  it('is told to look for as long as messages are there, and again when one is sent', async () => {
    const { state, looker } = looking(3);
    await vi.waitFor(() => expect(state.ends).toBe(2));
    expect(state.payloads).toEqual(['{"look":true}', '{"look":true}']);
    state.waiting = 1;
    looker.wake();
    await vi.waitFor(() => expect(state.ends).toBe(3));
    await looker.stop();
    expect(looker.inFlight).toBe(0);
  });

  it('is told again after a run that failed', async () => {
    let runs = 0;
    const { state, looker } = looking(3, async () => {
      runs += 1;
      if (runs === 1) throw new Error('no');
      return DONE;
    });
    await vi.waitFor(() => expect(state.ends).toBe(2), 3_000);
    await looker.stop();
    expect(state.errors).toEqual([`${mapping.functionArn}: Error: no`]);
  });
});

describe('what a run took and did not delete', () => {
  const QueueUrl = 'http://127.0.0.1/1/notices';
  const request = (body: object) =>
    ({ body: Buffer.from(JSON.stringify({ QueueUrl, ...body })) }) as AwsRequest;
  const answer = (...receipts: string[]) => ({
    status: 200,
    headers: {},
    body: JSON.stringify({
      Messages: receipts.map((ReceiptHandle) => ({ ReceiptHandle, MessageId: `of ${ReceiptHandle}` })),
    }),
  });
  const put: object[] = [];
  const sqs = {
    send: async ({ input }: ChangeMessageVisibilityCommand) => put.push(input),
  } as unknown as SQSClient;

  it('comes back after the time that was set, once', async () => {
    const taken = new TakenMessages();
    expect(taken.received(request({}), answer('a', 'b', 'c', 'd'))).toHaveLength(4);
    taken.deleted(request({ ReceiptHandle: 'a' }));
    taken.deleted(request({ Entries: [{ Id: '0', ReceiptHandle: 'c' }] }));
    await taken.putBack(sqs, 'others', 1_500);
    await taken.putBack(sqs, 'notices', 1_500);
    await taken.putBack(sqs, 'notices', 1_500);
    expect(put).toEqual(
      ['b', 'd'].map((ReceiptHandle) => ({ QueueUrl, ReceiptHandle, VisibilityTimeout: 2 })),
    );
  });

  it('is nothing where nothing was there, or the queue did not answer', () => {
    const taken = new TakenMessages();
    expect(taken.received(request({}), { status: 200, headers: {}, body: '{}' })).toEqual([]);
    expect(taken.received(request({}), { status: 400, headers: {}, body: '' })).toEqual([]);
  });
});

import type { AwsRequest } from '../gateway/request.ts';
import { ACCOUNT, type Authorization } from './authorization.ts';

/** A batch needs what one message needs (Service Authorization Reference, Amazon SQS). */
const ACTIONS: Record<string, string> = {
  SendMessage: 'sqs:SendMessage',
  ReceiveMessage: 'sqs:ReceiveMessage',
  DeleteMessage: 'sqs:DeleteMessage',
  DeleteMessageBatch: 'sqs:DeleteMessage',
};

/** What an SQS request of a function needs; `undefined` for one that is not known here. */
export function sqsAuthorizations({ body }: AwsRequest, name: string): Authorization[] | undefined {
  const action = ACTIONS[name];
  if (action === undefined) return undefined;
  const queue = String(JSON.parse(body.toString()).QueueUrl).split('/').at(-1);
  return [{ action, resource: `arn:aws:sqs:us-east-1:${ACCOUNT}:${queue}`, context: {} }];
}

import { describe, expect, it } from 'vitest';
import { checkLimits } from '../../../local/api-models/documented-limits.ts';

describe('limits that AWS documents beside its models', () => {
  const entry = { Source: 'a', DetailType: 'b', Detail: '{}' };
  const long = (size: number) => 'x'.repeat(size);
  const detail = (size: number) => JSON.stringify({ a: long(size - 8) });

  it.each([
    ['events PutEvents', { Entries: [entry, { ...entry, Detail: detail(262_137) }] }],
    ['sns Publish', { Message: long(262_144), Subject: long(99) }],
    ['sqs SendMessageBatch', { Entries: [{ Id: 'a', MessageBody: 'x' }] }],
    ['sqs ReceiveMessage', { MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 43_200 }],
    ['sqs ReceiveMessage', {}],
    ['ssm SendCommand', { Targets: [{ Key: 'tag:a', Values: ['b'] }] }],
    ['lambda Invoke', { Payload: Buffer.alloc(6_291_456) }],
    ['s3 PutObject', { Key: long(1024) }],
    ['s3 GetObject', {}],
  ])('keeps %s', (operation, input) => expect(checkLimits(operation, input)).toEqual([]));

  it.each([
    ['events PutEvents', { Entries: [{ ...entry, Detail: '' }] }, 'Entries[0].Detail: missing'],
    ['events PutEvents', { Entries: [{ ...entry, Detail: '[]' }] }, 'Entries[0].Detail: not a JSON object'],
    [
      'events PutEvents',
      { Entries: [{ ...entry, Time: 1, Resources: ['é'], Detail: detail(262_127) }] },
      'Entries: 262145 bytes, at most 262144',
    ],
    ['sns Publish', { Message: long(262_145) }, 'Message: 262145 bytes, at most 262144'],
    ['sns Publish', { Message: '' }, 'Message: empty'],
    ['sns Publish', { Message: 'x', Subject: long(100) }, 'Subject: 100 characters, fewer than 100'],
    [
      'sns Publish',
      { Message: 'x', Subject: 'a\nb' },
      'Subject: begins with a space, or is not printable ASCII',
    ],
    ['sqs SendMessage', { MessageBody: long(262_145) }, 'MessageBody: 262145 bytes, at most 262144'],
    ['sqs SendMessageBatch', { Entries: [] }, 'Entries: none'],
    [
      'sqs DeleteMessageBatch',
      { Entries: Array.from({ length: 11 }, (_, at) => ({ Id: `a${at}` })) },
      'Entries: 11 elements, at most 10',
    ],
    ['sqs DeleteMessageBatch', { Entries: [{ Id: 'a' }, { Id: 'a' }] }, 'Entries: an Id is there twice'],
    ['sqs DeleteMessageBatch', { Entries: [{ Id: 'a b' }] }, 'Entries: the Id a b is not one'],
    ['sqs ReceiveMessage', { MaxNumberOfMessages: 11 }, 'MaxNumberOfMessages: 11, not from 1 to 10'],
    ['sqs ReceiveMessage', { MaxNumberOfMessages: 0 }, 'MaxNumberOfMessages: 0, not from 1 to 10'],
    ['sqs ReceiveMessage', { WaitTimeSeconds: 21 }, 'WaitTimeSeconds: 21, not from 0 to 20'],
    ['sqs ReceiveMessage', { VisibilityTimeout: 43_201 }, 'VisibilityTimeout: 43201, not from 0 to 43200'],
    ['ssm SendCommand', {}, 'give either InstanceIds or Targets'],
    ['ssm SendCommand', { InstanceIds: ['a'], Targets: [{}] }, 'give either InstanceIds or Targets'],
    [
      'lambda Invoke',
      { Payload: Buffer.alloc(262_145), InvocationType: 'Event' },
      'Payload: 262145 bytes, at most 262144',
    ],
    ['s3 PutObject', { Key: long(1025) }, 'Key: 1025 bytes, at most 1024'],
  ])('refuses %s with %o', (operation, input, complaint) =>
    expect(checkLimits(operation, input)).toEqual([complaint]),
  );
});

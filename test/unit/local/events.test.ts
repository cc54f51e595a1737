import { describe, expect, it } from 'vitest';
import { busEvent } from '../../../local/events/event.ts';
import { matchesPattern, UnsupportedPatternError } from '../../../local/events/pattern.ts';
import { targetInput } from '../../../local/events/target-input.ts';
import { failedMessages } from '../../../local/queues/batch-failures.ts';
import { allowsRule } from '../../../local/queues/queue-policy.ts';

const event = {
  source: 'aws.s3',
  detail: { key: 'renewal/a.json', size: 7, names: ['a', 'b'], empty: null, nested: { on: true } },
};

describe('an event pattern', () => {
  it.each([
    ['an exact value', { source: ['x', 'aws.s3'] }, true],
    ['another value', { source: ['x'] }, false],
    ['an element of an array', { detail: { names: ['b'] } }, true],
    ['null', { detail: { empty: [null] } }, true],
    ['a nested field', { detail: { nested: { on: [true] } } }, true],
    ['a prefix', { detail: { key: [{ prefix: 'renewal/' }] } }, true],
    ['another prefix', { detail: { key: [{ prefix: 'live/' }] } }, false],
    ['a suffix', { detail: { key: [{ suffix: '.json' }] } }, true],
    ['a suffix in another case', { detail: { key: [{ suffix: { 'equals-ignore-case': '.JSON' } }] } }, true],
    ['a wildcard', { detail: { key: [{ wildcard: 'renewal/*.json' }] } }, true],
    ['anything but a value', { source: [{ 'anything-but': 'aws.ec2' }] }, true],
    ['anything but one of two', { source: [{ 'anything-but': ['aws.ec2', 'aws.s3'] }] }, false],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    ['a number in a range', { detail: { size: [{ numeric: ['>', 5, '<=', 7] }] } }, true],
    ['a field that exists', { detail: { key: [{ exists: true }] } }, true],
    ['a field that is missing', { detail: { other: [{ exists: false }] } }, true],
    ['one of two fields', { $or: [{ source: ['x'] }, { detail: { size: [7] } }] }, true],
    ['two fields of which one differs', { source: ['aws.s3'], detail: { size: [8] } }, false],
  ])('with %s', (_, pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  it('with an operator that is not imitated is an error', () => {
    const pattern = { source: [{ cidr: '10.0.0.0/8' }] };
    expect(() => matchesPattern(pattern, event)).toThrow(UnsupportedPatternError);
  });
});

describe('a target', () => {
  const due = busEvent({
    source: 'it',
    detailType: 'Due',
    detail: { names: ['a', 'b'], reason: 'say "no"' },
  });

  it.each([
    ['its input', { Input: '{"fixed":1}' }, { fixed: 1 }],
    ['the part at its path', { InputPath: '$.detail.names' }, ['a', 'b']],
    [
      'its template, filled in',
      {
        InputTransformer: {
          InputPathsMap: { first: '$.detail.names[0]', reason: '$.detail.reason' },
          InputTemplate: '{"name": <first>, "text": "because: <reason>"}',
        },
      },
      { name: 'a', text: 'because: say "no"' },
    ],
    ['the event', {}, due],
  ])('gets %s', (_, target, expected) => {
    expect(JSON.parse(targetInput({ Id: 'x', Arn: 'y', ...target }, due))).toEqual(expected);
  });
});

describe('of a batch', () => {
  const end = (payload: unknown, functionError?: 'Unhandled') => ({
    requestId: '1',
    payload: JSON.stringify(payload),
    functionError,
    log: '',
    report: { durationMs: 1, initDurationMs: undefined, maxMemoryMb: 1, cpu: undefined },
  });
  const failing = (...ids: unknown[]) => ({
    batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
  });

  it.each([
    ['nothing fails without an answer', end(null), []],
    ['nothing fails with an empty list', end(failing()), []],
    ['the named messages fail', end(failing('a')), ['a']],
    ['all fail when an unknown one is named', end(failing('a', 'x')), ['a', 'b']],
    ['all fail when an empty one is named', end(failing('')), ['a', 'b']],
    ['all fail with the function', end({}, 'Unhandled'), ['a', 'b']],
  ])('%s', (_, result, expected) => {
    expect([...failedMessages(result, ['a', 'b'], true)]).toEqual(expected);
  });
});

describe('the policy of a queue', () => {
  const queueArn = 'arn:aws:sqs:us-east-1:123456789012:work';
  const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/bus/due';
  const statement = (changes: object) => ({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    ...changes,
  });

  it.each([
    ['lets the rule it names', {}, true],
    [
      'lets rules like the one it names',
      { Condition: { ArnLike: { 'aws:SourceArn': '*:rule/bus/*' } } },
      true,
    ],
    ['does not let another rule', { Condition: { ArnEquals: { 'aws:SourceArn': `${ruleArn}2` } } }, false],
    ['does not let another service', { Principal: { Service: 's3.amazonaws.com' } }, false],
    ['does not let it receive only', { Action: 'sqs:ReceiveMessage' }, false],
    ['does not count for another queue', { Resource: `${queueArn}2` }, false],
  ])('%s', (_, changes, expected) => {
    const policy = JSON.stringify({ Statement: [statement(changes)] });
    expect(allowsRule(policy, { queueArn, ruleArn })).toBe(expected);
  });

  it('that is missing lets no rule', () => {
    expect(allowsRule(undefined, { queueArn, ruleArn })).toBe(false);
  });
});

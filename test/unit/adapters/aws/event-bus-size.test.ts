import { EventBridgeClient, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { EventBridgeBus } from '../../../../lib/adapters/aws/event-bus.ts';
import type { StackEvent } from '../../../../lib/foundation/events/events.ts';
import { checkLimits } from '../../../../local/api-models/documented-limits.ts';

function busWithCalls() {
  const calls: PutEventsCommandInput[] = [];
  const send = async ({ input }: { input: PutEventsCommandInput }) => {
    calls.push(input);
    return { Entries: [] };
  };
  const client = Object.assign(new EventBridgeClient({ region: 'us-east-1' }), { send });
  return { calls, bus: new EventBridgeBus(client, 'perennial') };
}

/** Each with so many texts of 2,000 bytes. */
const events = (count: number, texts = 1): StackEvent[] =>
  Array.from({ length: count }, () => ({
    type: 'Import Due',
    detail: { names: Array(texts).fill('é'.repeat(1000)) },
  }));

describe('events on the bus', () => {
  it.each([
    ['ten a call', events(23), [10, 10, 3]],
    ['no more than 256 KB a call, in UTF-8', events(12, 20), [6, 6]],
    ['one that is large beside small ones', [...events(3), ...events(1, 130), ...events(3)], [3, 1, 3]],
    ['none', [], []],
  ])('are put in calls that EventBridge takes: %s', async (_, facts, sizes) => {
    const { bus, calls } = busWithCalls();
    await bus.publish(facts);
    expect(calls.map(({ Entries = [] }) => Entries.length)).toEqual(sizes);
    const details = calls.flatMap(({ Entries = [] }) => Entries.map(({ Detail = '' }) => JSON.parse(Detail)));
    expect(details).toEqual(facts.map(({ detail }) => detail));
    expect(calls.flatMap((input) => checkLimits('events PutEvents', { ...input }))).toEqual([]);
  });
});

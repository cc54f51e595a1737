import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { EventBridgeBus } from '../../../../lib/adapters/aws/event-bus.ts';
import { awsError, type SentCommand, stubbed } from '../../../fakes/stubbed-client.ts';

const due = (name: string) => ({ type: 'Import Due' as const, detail: { names: [name] } });

function busWith(answer: (command: SentCommand, nth: number) => object | undefined = () => undefined) {
  const { client, sent } = stubbed(new EventBridgeClient({ region: 'eu-central-1' }), answer);
  return { bus: new EventBridgeBus(client, 'perennial-test'), sent };
}

describe('the bus', () => {
  it('gets each event with its source, type and detail, on the bus of the stack', async () => {
    const { bus, sent } = busWith();
    await bus.publish([due('shop')]);
    expect(sent).toEqual([
      {
        name: 'PutEventsCommand',
        input: {
          Entries: [
            {
              EventBusName: 'perennial-test',
              Source: 'perennial',
              DetailType: 'Import Due',
              Detail: '{"names":["shop"]}',
            },
          ],
        },
      },
    ]);
  });

  it.each([
    [0, []],
    [1, [1]],
    [10, [10]],
    [11, [10, 1]],
    [21, [10, 10, 1]],
  ])('gets %i events, ten a call, none twice and none left out', async (count, calls) => {
    const { bus, sent } = busWith();
    const names = Array.from({ length: count }, (_, nth) => `c${nth}`);
    await bus.publish(names.map(due));
    expect(sent.map(({ input }) => input.Entries.length)).toEqual(calls);
    const got = sent.flatMap(({ input }) =>
      input.Entries.map(({ Detail }: { Detail: string }) => JSON.parse(Detail).names[0]),
    );
    expect(got).toEqual(names);
  });

  it.each([0, 1, 2])(
    'that refuses one event of a call, the one at %i, is an error that says why',
    async (at) => {
      const entries = [{ EventId: '1' }, { EventId: '2' }, { EventId: '3' }];
      entries[at] = { ErrorCode: 'ThrottlingException' } as never;
      const { bus } = busWith(() => ({ FailedEntryCount: 1, Entries: entries }));
      await expect(bus.publish(['a', 'b', 'c'].map(due))).rejects.toThrow(
        'the bus perennial-test refused Import Due: ThrottlingException',
      );
    },
  );

  it('that refuses an event of a later call is an error, too', async () => {
    const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };
    const { bus } = busWith((_, nth) => (nth === 1 ? refused : undefined));
    await expect(bus.publish(Array.from({ length: 11 }, (_, nth) => due(`c${nth}`)))).rejects.toMatchObject({
      name: 'EventsError',
      reason: 'events-unavailable',
    });
  });

  it('that is not reached is an error that names the events and the bus', async () => {
    const { bus } = busWith(() => {
      throw awsError('ECONNREFUSED');
    });
    await expect(bus.publish([due('a'), due('b')])).rejects.toThrow(
      'could not put Import Due on the bus perennial-test',
    );
  });
});

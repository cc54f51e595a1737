import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { printableTexts } from '../../foundation/common/one-line.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { EVENT_SOURCE, type EventBus, type StackEvent } from '../../foundation/events/events.ts';
import { errorText } from './error-name.ts';

/** PutEvents' limits of a call: entries, and their bytes together (EventBridge user guide, "Calculating PutEvents event entry size"). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 262_144;

export class EventsError extends PerennialError<'events-unavailable'> {
  override readonly name = 'EventsError';
}

interface Entry {
  EventBusName: string;
  Source: string;
  DetailType: string;
  Detail: string;
}

export class EventBridgeBus implements EventBus {
  readonly #eventBridge: EventBridgeClient;
  readonly #bus: string;

  constructor(eventBridge: EventBridgeClient, bus: string) {
    this.#eventBridge = eventBridge;
    this.#bus = bus;
  }

  async publish(facts: readonly StackEvent[]): Promise<void> {
    const entries = facts.map(({ type, detail }) => ({
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: type,
      Detail: JSON.stringify(detail, printableTexts),
    }));
    for (const part of inCalls(entries)) await this.#put(part);
  }

  async #put(Entries: readonly Entry[]): Promise<void> {
    const what = [...new Set(Entries.map(({ DetailType }) => DetailType))].join(', ');
    const answer = await this.#eventBridge
      .send(new PutEventsCommand({ Entries: [...Entries] }))
      .catch((cause) => {
        const seen = `could not put ${what} on the bus ${this.#bus}: ${errorText(cause)}`;
        throw new EventsError('events-unavailable', { seen, cause });
      });
    // PutEvents answers 200 and refuses entries one by one.
    const failed = answer.Entries?.find(({ ErrorCode }) => ErrorCode)?.ErrorCode;
    if (failed)
      throw new EventsError('events-unavailable', `the bus ${this.#bus} refused ${what}: ${failed}`);
  }
}

/** In the order given; an entry that is too large for any call is alone in one. */
function inCalls(entries: readonly Entry[]): Entry[][] {
  const calls: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.Source + entry.DetailType + entry.Detail);
    const call = calls.at(-1);
    if (call && call.length < MAX_ENTRIES && bytes + size < MAX_BYTES) {
      call.push(entry);
      bytes += size;
    } else {
      calls.push([entry]);
      bytes = size;
    }
  }
  return calls;
}

import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { printableTexts } from '../../foundation/common/one-line.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { EVENT_SOURCE, type EventBus, type StackEvent } from '../../foundation/events/events.ts';
import { errorText } from './error-name.ts';

/** PutEvents' limit of entries a call. */
const MAX_ENTRIES = 10;

export class EventsError extends PerennialError<'events-unavailable'> {
  override readonly name = 'EventsError';
}

export class EventBridgeBus implements EventBus {
  readonly #eventBridge: EventBridgeClient;
  readonly #bus: string;

  constructor(eventBridge: EventBridgeClient, bus: string) {
    this.#eventBridge = eventBridge;
    this.#bus = bus;
  }

  async publish(facts: readonly StackEvent[]): Promise<void> {
    for (let from = 0; from < facts.length; from += MAX_ENTRIES)
      await this.#put(facts.slice(from, from + MAX_ENTRIES));
  }

  async #put(facts: readonly StackEvent[]): Promise<void> {
    const Entries = facts.map(({ type, detail }) => ({
      EventBusName: this.#bus,
      Source: EVENT_SOURCE,
      DetailType: type,
      Detail: JSON.stringify(detail, printableTexts),
    }));
    const what = [...new Set(facts.map(({ type }) => type))].join(', ');
    const answer = await this.#eventBridge.send(new PutEventsCommand({ Entries })).catch((cause) => {
      const seen = `could not put ${what} on the bus ${this.#bus}: ${errorText(cause)}`;
      throw new EventsError('events-unavailable', { seen, cause });
    });
    // PutEvents answers 200 and refuses entries one by one.
    const failed = answer.Entries?.find(({ ErrorCode }) => ErrorCode)?.ErrorCode;
    if (failed)
      throw new EventsError('events-unavailable', `the bus ${this.#bus} refused ${what}: ${failed}`);
  }
}

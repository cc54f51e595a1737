import type { EventBus, StackEvent } from '../../lib/foundation/events/events.ts';

/** A bus that remembers. */
export class RecordedEvents implements EventBus {
  readonly facts: StackEvent[] = [];
  /** Runs before each publication; throws to let it fail. */
  before: () => void = () => {};

  async publish(facts: readonly StackEvent[]): Promise<void> {
    this.before();
    this.facts.push(...facts);
  }

  types(): string[] {
    return this.facts.map(({ type }) => type);
  }

  /** The details of the facts of one type. */
  of<Type extends StackEvent['type']>(type: Type): Extract<StackEvent, { type: Type }>['detail'][] {
    return this.facts.filter((fact) => fact.type === type).map(({ detail }) => detail) as never;
  }
}

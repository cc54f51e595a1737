import type { Events } from '../../lib/foundation/events/event-bus.ts';
import type { Fact } from '../../lib/foundation/events/events.ts';

/** A bus that remembers. */
export class RecordedEvents implements Events {
  readonly facts: Fact[] = [];
  /** Runs before each publication; throws to let it fail. */
  before: () => void = () => {};

  async publish(facts: readonly Fact[]): Promise<void> {
    this.before();
    this.facts.push(...facts);
  }

  types(): string[] {
    return this.facts.map(({ type }) => type);
  }

  /** The details of the facts of one type. */
  of<Type extends Fact['type']>(type: Type): Extract<Fact, { type: Type }>['detail'][] {
    return this.facts.filter((fact) => fact.type === type).map(({ detail }) => detail) as never;
  }
}

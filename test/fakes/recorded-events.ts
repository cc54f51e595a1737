import type { EventBus, StackEvent } from '../../lib/foundation/events/events.ts';
import { FACTS, type FactType } from '../../tools/schema/events.ts';

const isFact = (type: string): type is FactType => Object.hasOwn(FACTS, type);

/** A bus that remembers, and takes no fact that is not as its published schema has it. */
export class RecordedEvents implements EventBus {
  readonly facts: StackEvent[] = [];
  /** Runs before each publication; throws to let it fail. */
  before: () => void = () => {};

  async publish(facts: readonly StackEvent[]): Promise<void> {
    this.before();
    for (const { type, detail } of facts) if (isFact(type)) FACTS[type].parse(detail);
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

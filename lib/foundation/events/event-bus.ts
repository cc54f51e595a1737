import type { StackEvent } from './events.ts';

/** The stack's event bus. */
export interface EventBus {
  /** All or an error; a repetition is harmless to every listener of ours. */
  publish(facts: readonly StackEvent[]): Promise<void>;
}

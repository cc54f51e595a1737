import type { Fact } from './events.ts';

/** The stack's event bus. */
export interface Events {
  /** All or an error; a repetition is harmless to every listener of ours. */
  publish(facts: readonly Fact[]): Promise<void>;
}

import type { Fact } from '../core/facts.ts';

/** The stack's event bus. */
export interface Events {
  /** All or an error; a repetition is harmless to every listener of ours. */
  publish(facts: readonly Fact[]): Promise<void>;
}

import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import type { Runtime } from '../../lib/foundation/runtime.ts';

/** Long enough for what other runs of a test do meanwhile. */
const MOST_MS = 1;

/**
 * Node's own runtime, but a wait for fakes, which answer at once, is over in a millisecond. `elapsed` is what was waited for,
 * and `slept` has each wait, in milliseconds.
 */
export function quickRuntime(): Runtime & { slept: readonly number[] } {
  const slept: number[] = [];
  return {
    ...nodeRuntime,
    slept,
    elapsed: () => slept.reduce((sum, ms) => sum + ms, 0),
    async sleep(ms, signal) {
      await nodeRuntime.sleep(Math.min(ms, MOST_MS), signal);
      slept.push(ms);
    },
  };
}

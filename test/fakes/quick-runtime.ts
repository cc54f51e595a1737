import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import type { Runtime } from '../../lib/foundation/common/runtime.ts';

/** Long enough for what other runs of a test do meanwhile. */
const MOST_MS = 1;

/**
 * Node's own runtime, but a wait for fakes, which answer at once, is over in a millisecond. `elapsed` goes on by all of it, and
 * `slept` has what was asked for, in milliseconds.
 */
export function quickRuntime(): Runtime & { slept: readonly number[] } {
  const slept: number[] = [];
  let passedOver = 0;
  return {
    ...nodeRuntime,
    slept,
    elapsed: () => nodeRuntime.elapsed() + passedOver,
    async sleep(ms, signal) {
      slept.push(ms);
      const waited = Math.min(ms, MOST_MS);
      await nodeRuntime.sleep(waited, signal);
      passedOver += ms - waited;
    },
  };
}

import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import type { Runtime } from '../../lib/foundation/common/runtime.ts';

/** Node's runtime in which waits take no time; `slept` is what was waited, in milliseconds. */
export function quickRuntime(): Runtime & { slept: readonly number[] } {
  const slept: number[] = [];
  return {
    ...nodeRuntime,
    slept,
    elapsed: () => slept.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
    },
  };
}

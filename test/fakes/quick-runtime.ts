import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import type { Runtime } from '../../lib/foundation/common/runtime.ts';

/** Long enough for what other runs of a test do meanwhile. */
const MOST_MS = 1;

/** Node's own runtime, but a wait for fakes, which answer at once, is over in a millisecond; `elapsed` goes on by all of it. */
export function quickRuntime(): Runtime {
  let passedOver = 0;
  return {
    ...nodeRuntime,
    elapsed: () => nodeRuntime.elapsed() + passedOver,
    async sleep(ms, signal) {
      const waited = Math.min(ms, MOST_MS);
      await nodeRuntime.sleep(waited, signal);
      passedOver += ms - waited;
    },
  };
}

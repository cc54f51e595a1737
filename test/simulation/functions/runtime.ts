import type { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import type { Runtime } from '../../../lib/foundation/runtime.ts';
import { type Invocation, never } from '../engine/invocation.ts';
import type { Streams } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { newEcKey } from '../keys/private-keys.ts';
import type { RsaKeys } from '../keys/rsa-keys.ts';

interface Parts {
  scheduler: Scheduler;
  streams: Streams;
  rsaKeys: RsaKeys;
  onKey: readonly ((key: PrivateKeyPem) => void)[];
}

/** Time, chance and keys as one run of a function has them: all of the seed. */
export function runtimeFor(invocation: Invocation, { scheduler, streams, rsaKeys, onKey }: Parts): Runtime {
  const chance = streams.of('chance');
  return {
    elapsed: () => scheduler.now,
    sleep: (ms, signal) => sleep(invocation, { scheduler, ms, signal }),
    fraction: () => chance.fraction(),
    hex: (bytes) => chance.hex(bytes),
    newKey: async (type) => {
      const isEc = type === 'ecdsa-p256' || type === 'ecdsa-p384';
      const key = isEc ? newEcKey(type, streams.of('keys')) : rsaKeys.next();
      for (const hear of onKey) hear(key);
      return key;
    },
  };
}

interface Sleep {
  scheduler: Scheduler;
  ms: number;
  signal: AbortSignal;
}

function sleep(invocation: Invocation, { scheduler, ms, signal }: Sleep): Promise<void> {
  if (!invocation.isAlive) return never();
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    scheduler.after(ms, `${invocation.id} wakes`, () => {
      signal.removeEventListener('abort', stop);
      if (invocation.isAlive) resolve();
    });
  });
}

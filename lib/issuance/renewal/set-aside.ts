import { asideKey } from '../../foundation/certificate/object-keys.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import type { RenewDeps } from './deps.ts';

export type AsideDeps = Pick<RenewDeps, 'store' | 'events' | 'clock' | 'warn'>;

/** Keeps what an object holds that cannot be used, and tells it; the object itself is the caller's to replace or remove. */
export async function setAside(
  { store, events, clock, warn }: AsideDeps,
  { key, body, reason }: { key: string; body: string; reason: Reason },
): Promise<void> {
  const aside = asideKey(key, clock());
  await store.put(aside, body);
  warn(`${key} cannot be used (${reason}) and is kept as ${aside}`);
  try {
    await events.publish([{ type: 'Object Set Aside', detail: { key, aside, reason } }]);
  } catch (error) {
    warn(`could not tell that ${key} was set aside: ${describeError(error).message}`);
  }
}

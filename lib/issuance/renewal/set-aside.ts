import { asideKey } from '../../foundation/certificate/object-keys.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import { orWarn, type RenewDeps } from './deps.ts';

/** Keeps a copy of what cannot be used, and reports it; the caller replaces or removes the object itself. */
export async function setAside(
  deps: RenewDeps,
  { key, body, reason, message }: { key: string; body: string; reason: Reason; message?: string },
): Promise<void> {
  const aside = asideKey(key, deps.clock());
  await deps.store.put(aside, body);
  deps.warn(`${key} cannot be used (${reason}) and is kept as ${aside}${message ? `: ${message}` : ''}`);
  await orWarn(deps, `could not tell that ${key} was set aside`, () =>
    deps.events.publish([{ type: 'Object Set Aside', detail: { key, aside, reason, message } }]),
  );
}

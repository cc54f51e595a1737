import type { RenewalDue } from '../../foundation/events/events.ts';
import type { RenewDeps } from './deps.ts';
import type { RenewOutcome } from './outcome.ts';
import { renewBatch } from './renew-batch.ts';

/**
 * Renews a batch; those that had to wait because another one of it orders the same come next, each turn with fewer, as long
 * as there is time. What waits for another worker is left to the next scan.
 */
export async function renewInTurns(
  deps: RenewDeps,
  due: RenewalDue,
  run: { owner: string; signal: AbortSignal },
): Promise<RenewOutcome[]> {
  const outcomes = await renewBatch(deps, due, run);
  const waiting = outcomes.filter(({ reason }) => reason === 'same-order-in-flight').map(({ name }) => name);
  if (waiting.length === 0 || waiting.length >= outcomes.length || run.signal.aborted) return outcomes;
  const certificates = due.certificates.filter(({ name }) => waiting.includes(name));
  const next = await renewInTurns(deps, { ...due, certificates }, run);
  return [...outcomes.filter(({ name }) => !waiting.includes(name)), ...next];
}

import { type Failure, rememberCa, rememberFailure, rememberSuccess } from '../../core/state.ts';
import { oneLineOf } from '../failure.ts';
import { updateState } from '../update-state.ts';
import type { RenewDeps } from './context.ts';

/** A failure, with the CA that was being asked. */
type Told = Failure & { ca?: string };

/** Remembers a failure in `state/<name>.json` and says so on the bus. */
export async function tellFailure(deps: RenewDeps, name: string, failure: Told): Promise<void> {
  const { reason, message, ca, retryAfterMs } = failure;
  try {
    const now = deps.clock();
    const { failures, notBefore } = await updateState(deps.store, name, (before) => ({
      ...rememberFailure(before, failure, now),
      ...(ca !== undefined && rememberCa(before, { ca, reason, retryAfterMs }, now)),
    }));
    const detail = { name, reason, message, failures, notBefore };
    await deps.events.publish([{ type: 'Certificate Renewal Failed', detail }]);
  } catch (trouble) {
    deps.warn(`could not remember the failure of ${name} (${reason}): ${oneLineOf(trouble).message}`);
  }
}

/** Forgets the failures of a certificate that was renewed. */
export async function forgetFailures({ store, clock }: RenewDeps, name: string): Promise<void> {
  await updateState(store, name, (before) => before && rememberSuccess(before, clock()));
}

import { isOrderLockKey, ORDERS_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { OrderLock } from '../../../lib/issuance/renewal/order-lock.ts';
import { MINUTE } from '../engine/durations.ts';
import { faultsOf } from './carried.ts';
import { CHECK } from './event-checks.ts';
import type { Parts } from './parts.ts';

/** A lease, and the time of the check that may have begun just before its end. */
const LONGEST = 30 * MINUTE;

/** A check that met no fault leaves no lock of an order whose worker died. */
export function checkLocks({ world, breaches }: Pick<Parts, 'world' | 'breaches'>): void {
  const { bucket, scheduler } = world;
  world.lambda.onEnd.push(({ how }, invocation, { about }) => {
    if (how !== 'ended' || invocation.functionName !== 'scan' || !CHECK.test(about)) return;
    if (faultsOf(invocation).length > 0) return;
    for (const key of bucket.keys(ORDERS_PREFIX).filter(isOrderLockKey)) {
      const kept = bucket.get(key);
      if (!kept || kept.modified > scheduler.now - LONGEST) continue;
      if (orNone(kept.body, OrderLock)?.leaseSeconds !== 0)
        breaches.report('dead-lock-left', `${key} of ${new Date(kept.modified).toISOString()}`);
    }
  });
}

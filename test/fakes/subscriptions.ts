import type { Subscriptions } from '../../lib/reporting/notices/mailbox.ts';
import type { Subscription } from '../../lib/reporting/notices/rules/unheard.ts';

export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';

/** Nobody is to be told, unless said otherwise. */
export function subscriptionsOf(
  wanted: readonly string[] = [],
  found: readonly Subscription[] = [],
): Subscriptions {
  return { wanted, topic: TOPIC, list: async () => [...found] };
}

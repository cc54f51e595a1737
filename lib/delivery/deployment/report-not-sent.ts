import type { Stack } from '../../foundation/certificate/stack.ts';
import type { DeploymentDue, EventBus } from '../../foundation/events/events.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import { CANARY_LIMIT_S } from './install-on-canary.ts';

/** PutEvents takes 256 KB, for one event or ten. */
const MAX_HOSTS = 200;

export async function reportNoHosts(
  deps: { events: EventBus; stack: Pick<Stack, 'region'> },
  due: DeploymentDue,
  { reason, offline }: { reason: 'no-hosts' | 'hosts-offline'; offline: readonly string[] },
): Promise<void> {
  const message =
    reason === 'no-hosts'
      ? `no host in ${deps.stack.region} carries the tag perennial-group=${due.group} in Systems Manager; tag one there (a stack reaches the hosts of its own region only), or take the group out of the renewal file`
      : `no host of group ${due.group} is online (${someOf(offline)}); they get the certificate at the first scan that finds them online`;
  await publish(deps, due, { reason, message, notSent: offline });
}

/** Reports the hosts that were not sent what the first one did not install. */
export async function reportSkippedHosts(
  deps: { events: EventBus },
  due: DeploymentDue,
  { canary, ended, others }: { canary: string; ended: 'canary-failed' | 'canary-slow'; others: string[] },
): Promise<void> {
  if (others.length === 0) return;
  const what = ended === 'canary-failed' ? 'did not come through' : `was not done within ${CANARY_LIMIT_S} s`;
  const message = `${canary}, which went first, ${what}; it was not sent to ${others.length} more of group ${due.group} (${someOf(others)}), which keep what they serve until the next check`;
  await publish(deps, due, { reason: ended, message, notSent: others });
}

async function publish(
  { events }: { events: EventBus },
  { group, names }: DeploymentDue,
  { reason, message, notSent }: { reason: Reason; message: string; notSent: readonly string[] },
): Promise<void> {
  const listed = notSent.slice(0, MAX_HOSTS);
  const hosts = listed.map((instanceId) => ({ instanceId, outcome: 'not-sent', reason }));
  const details = names.map((name) => ({ name, group, reason, message, hosts }));
  await events.publish(details.map((detail) => ({ type: 'Certificate Deployment Failed', detail })));
}

function someOf(instanceIds: readonly string[]): string {
  const shown = instanceIds.slice(0, 5).join(', ');
  return instanceIds.length > 5 ? `${shown}, …` : shown;
}

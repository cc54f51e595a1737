import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { hostKey } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { EventBus, HostOutcome, StackEvent } from '../../foundation/events/events.ts';
import type { Invocation } from './hosts.ts';
import { HostRecord, isPast, recordResults, runOf } from './rules/host-record.ts';
import { explainSilence, type HostResult, isInstalled, parseHostReport } from './rules/host-report.ts';

export interface RecordDeps {
  store: ObjectStore;
  events: EventBus;
  clock: () => Date;
}

/**
 * Publishes and records what a command did on one host. A repeat publishes only what is not recorded: an event may come
 * twice, but is never lost. What an older command did changes and publishes nothing.
 * `names` are the command's certificates: what a host reports of others is ignored, and what it leaves out has failed.
 */
export async function recordInvocation(
  { store, events, clock }: RecordDeps,
  invocation: Invocation,
  { group, names }: { group: string; names: readonly string[] },
): Promise<HostResult[]> {
  const { instanceId, commandId, requestedAt } = invocation;
  const results = resultsOf(invocation, names);
  const published = new Set<string>();
  await updateObject(store, hostKey(instanceId), async (body, stored) => {
    // An unreadable record is replaced: the host reports all it serves.
    const before = orNone(body, HostRecord);
    // One clock for all workers: with their own, one that is behind would take a recorded instant for a future one.
    const command = { commandId, requestedAt, at: stored?.at ?? clock() };
    const fresh = results.filter(({ name }) => !isPast(runOf(before, name), command));
    if (fresh.length === 0) return { body };
    const unpublished = fresh.filter(({ name }) => !published.has(name));
    await events.publish(unpublished.map((result) => eventOf(result, group, instanceId)));
    for (const { name } of unpublished) published.add(name);
    const after = recordResults(before, fresh, { ...command, instanceId, group });
    return { body: `${JSON.stringify(after, null, 2)}\n` };
  });
  return results;
}

/** The host's results, and a failure for each certificate without one. */
function resultsOf(
  { output, instanceId, statusDetails }: Invocation,
  names: readonly string[],
): HostResult[] {
  const report = parseHostReport(output);
  const results = (report?.results ?? []).filter(({ name }) => names.includes(name));
  const silent = names.filter((name) => !results.some((result) => result.name === name));
  const { reason, message } = report?.reason ? report : explainSilence(instanceId, statusDetails);
  return [...results, ...silent.map((name) => ({ name, outcome: 'failed' as const, reason, message }))];
}

function eventOf(
  { name, outcome, version, serial, reason, message }: HostResult,
  group: string,
  instanceId: string,
): StackEvent {
  const hosts: HostOutcome[] = [{ instanceId, outcome, version, serial, reason, message }];
  if (isInstalled(outcome)) return { type: 'Certificate Deployed', detail: { name, group, hosts } };
  const failure = { reason: reason ?? outcome, message: message ?? `${instanceId} did not install ${name}` };
  return { type: 'Certificate Deployment Failed', detail: { name, group, ...failure, hosts } };
}

import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { hostKey } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { EventBus, HostOutcome, StackEvent } from '../../foundation/events/events.ts';
import type { Invocation } from './hosts.ts';
import { HostRecord, recordResults } from './rules/host-record.ts';
import { explainSilence, type HostResult, isInstalled, parseHostReport } from './rules/host-report.ts';

export interface RecordDeps {
  store: ObjectStore;
  events: EventBus;
  clock: () => Date;
}

/**
 * Says what a command did on one host and writes it down. Told again, it is said once more only when the first time did
 * not get as far as the record: a fact may come twice, and is never lost. `names` are the certificates the command was
 * about, for a host that ended without a report.
 */
export async function recordInvocation(
  { store, events, clock }: RecordDeps,
  invocation: Invocation,
  { group, names }: { group: string; names: readonly string[] },
): Promise<HostResult[]> {
  const { instanceId, commandId } = invocation;
  const results = resultsOf(invocation, names);
  const said = new Set<string>();
  await updateObject(store, hostKey(instanceId), async (body) => {
    // A record that cannot be read is written anew: what the host serves, it reports.
    const before = orNone(body, HostRecord);
    const fresh = results.filter(({ name }) => before?.lineages[name]?.commandId !== commandId);
    if (fresh.length === 0) return { body };
    const unsaid = fresh.filter(({ name }) => !said.has(name));
    await events.publish(unsaid.map((result) => eventOf(result, group, instanceId)));
    for (const { name } of unsaid) said.add(name);
    const after = recordResults(before, fresh, { instanceId, group, commandId, at: clock() });
    return { body: `${JSON.stringify(after, null, 2)}\n` };
  });
  return results;
}

/** What the host reports, and a failure for each certificate that it does not report on. */
function resultsOf(invocation: Invocation, names: readonly string[]): HostResult[] {
  const report = parseHostReport(invocation.output);
  const results = report?.results ?? [];
  const silent = names.filter((name) => !results.some((result) => result.name === name));
  const { reason, message } = report?.reason
    ? report
    : explainSilence(invocation.instanceId, invocation.statusDetails);
  return [...results, ...silent.map((name) => ({ name, outcome: 'failed' as const, reason, message }))];
}

function eventOf(
  { name, outcome, version, serial, reason, message }: HostResult,
  group: string,
  instanceId: string,
): StackEvent {
  const hosts: HostOutcome[] = [{ instanceId, outcome, version, serial, reason, message }];
  if (isInstalled(outcome)) return { type: 'Certificate Deployed', detail: { name, group, hosts } };
  return {
    type: 'Certificate Deployment Failed',
    detail: {
      name,
      group,
      reason: reason ?? outcome,
      message: message ?? `${instanceId} did not install ${name}`,
      hosts,
    },
  };
}

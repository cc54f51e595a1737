import { AcmRecord } from '../../../lib/delivery/acm/rules/decide-imports.ts';
import { HostRecord } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import type { Change } from '../services/bucket.ts';
import { faultsOf } from './carried.ts';
import type { Parts } from './parts.ts';

/** What a run has written down, and the event that it owes for that. */
interface Owed {
  what: string;
  isPaidBy: (fact: StackEvent) => boolean;
}

/** What a scan is about that looks at all certificates. */
export const CHECK = /"start":"(?:hourly-check|weekly-sweep)"/;
const FAILED = ['failed', 'rolled-back'];

/** What a run writes down to have failed, or to have ended, it puts on the bus, unless a fault befell it. */
export function checkEvents({ world, breaches }: Pick<Parts, 'world' | 'breaches'>): void {
  const facts = new Map<string, StackEvent[]>();
  const owed = new Map<string, Owed[]>();
  const add = <Of>(to: Map<string, Of[]>, id: string, more: readonly Of[]) =>
    to.set(id, [...(to.get(id) ?? []), ...more]);
  world.bus.onFact.push((fact, by) => {
    if (by) add(facts, by.id, [fact]);
  });
  world.bucket.onChange.push((change) => {
    const found = change.run ? owedFor(change) : [];
    if (change.run && found.length > 0) add(owed, change.run.id, found);
  });
  world.lambda.onEnd.push(({ how }, invocation, { about }) => {
    const { id, functionName } = invocation;
    const told = facts.get(id) ?? [];
    const open = owed.get(id) ?? [];
    facts.delete(id);
    owed.delete(id);
    if (how !== 'ended' || faultsOf(invocation).length > 0) return;
    if (functionName === 'scan' && CHECK.test(about))
      open.push({ what: 'a check', isPaidBy: ({ type }) => type === 'Certificates Checked' });
    for (const { what, isPaidBy } of open)
      if (!told.some(isPaidBy)) breaches.report('event-not-put', `${id} says nothing of ${what}`);
  });
}

function owedFor({ key, before, after, by }: Change): Owed[] {
  const [folder = ''] = key.split('/');
  const name = key.slice(folder.length + 1, -'.json'.length);
  if (folder === 'aside' && after)
    return [
      { what: key, isPaidBy: ({ type, detail }) => type === 'Object Set Aside' && detail.aside === key },
    ];
  if (folder === 'state' && failuresIn(after?.body) > failuresIn(before?.body))
    return [
      {
        what: `a failure of ${name}`,
        isPaidBy: ({ type, detail }) => type === 'Certificate Renewal Failed' && detail.name === name,
      },
    ];
  if (folder === 'acm') return newIn(importsIn(before?.body), importsIn(after?.body)).map(importOf(name));
  if (folder === 'hosts' && by === 'confirm')
    return newIn(runsIn(before?.body), runsIn(after?.body)).map(deploymentOf(name));
  if (folder === 'pins' && by === 'scan' && before && !after)
    return [
      {
        what: `the end of the pin of ${name}`,
        isPaidBy: ({ type, detail }) => type === 'Certificate Pin Ended' && detail.name === name,
      },
    ];
  return [];
}

const importOf =
  (name: string) =>
  (region: string): Owed => ({
    what: `an import of ${name} in ${region}`,
    isPaidBy: ({ type, detail }) =>
      type === 'Certificate Import Failed' && detail.name === name && detail.region === region.split(' ')[0],
  });

const deploymentOf =
  (instanceId: string) =>
  (run: string): Owed => ({
    what: `${run} on ${instanceId}`,
    isPaidBy: ({ type, detail }) =>
      type === 'Certificate Deployment Failed' &&
      detail.name === run.split(' ')[0] &&
      detail.hosts.some((host) => host.instanceId === instanceId),
  });

const newIn = (before: readonly string[], after: readonly string[]) =>
  after.filter((one) => !before.includes(one));

function failuresIn(state: string | undefined): number {
  const { failures = 0, repairs = {} } = orNone(state, State) ?? {};
  return failures + Object.values(repairs).reduce((sum, one) => sum + one.failures, 0);
}

/** Regions with what failed there, and when. */
function importsIn(record: string | undefined): string[] {
  const { imports = [] } = orNone(record, AcmRecord) ?? {};
  return imports.flatMap(({ region, outcome, at }) => (outcome === 'failed' ? `${region} ${at}` : []));
}

/** Certificates that failed on a host, with the command. */
function runsIn(record: string | undefined): string[] {
  const { lineages = {} } = orNone(record, HostRecord) ?? {};
  return Object.entries(lineages).flatMap(([name, { outcome, commandId }]) =>
    FAILED.includes(outcome) ? `${name} ${commandId}` : [],
  );
}

import pMap from 'p-map';
import * as z from 'zod/mini';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { readLive } from '../../foundation/bucket/read-pointer.ts';
import { isWildcard } from '../../foundation/certificate/domain-name.ts';
import { LineageName, Version } from '../../foundation/certificate/lineage.ts';
import { probeKey, renewalKey } from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { isMeant } from '../../foundation/common/is-meant.ts';
import { ownObject } from '../../foundation/common/own-object.ts';
import { orNone, parseValue } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { EventBus } from '../../foundation/events/events.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import { openingOf } from '../deployment/rules/opening.ts';
import { judgeSite } from './rules/judge-site.ts';
import type { SiteFacts, SiteFinding } from './rules/site-facts.ts';

/** Observes a site from the Internet. Never throws: a failure is a fact too. Ends within half a minute. */
export interface SiteObserver {
  observe(site: string, signal: AbortSignal): Promise<SiteFacts>;
}

export interface ProbeDeps {
  store: ObjectStore;
  sites: SiteObserver;
  events: EventBus;
  stack: Stack;
  clock: () => Date;
}

export interface ProbeOutcome {
  name: string;
  outcome: 'probed' | 'left' | 'failed';
  reason?: Reason;
  message?: string;
  findings?: SiteFinding[];
}

/** `Probe Due` with names, or `Certificate Deployed` with one. EventBridge's time is in whole seconds. */
const ProbeEvent = z.object({
  time: z.string(),
  detail: z.union([
    z.object({ names: z.array(LineageName).check(z.maxLength(10)) }),
    z.object({ name: LineageName }),
  ]),
});

/** What is read of `probes/<name>.json`. */
const ProbeRecord = ownObject({ version: Version, at: z.string() });

const SITES_AT_ONCE = 10;
/** An event takes 256 KB; the record has all findings. */
const MAX_PUBLISHED = 200;

/** Puts the message back on the queue; the next run resumes. */
class OutOfTimeError extends PerennialError<'out-of-time'> {
  override readonly name = 'OutOfTimeError';
}

/** Observes the sites of certificates that want it, publishes the findings and records them. */
export async function probe(deps: ProbeDeps, event: unknown, signal: AbortSignal): Promise<ProbeOutcome[]> {
  const { time, detail } = parseValue(event, ProbeEvent, { where: 'event', reason: 'event-invalid' });
  const names = 'names' in detail ? detail.names : [detail.name];
  const outcomes: ProbeOutcome[] = [];
  for (const name of names) {
    try {
      outcomes.push(await probeCertificate(deps, { name, eventTime: new Date(time) }, signal));
    } catch (error) {
      if (error instanceof OutOfTimeError) throw error;
      outcomes.push({ name, outcome: 'failed', ...describeError(error) });
    }
  }
  return outcomes;
}

async function probeCertificate(
  deps: ProbeDeps,
  { name, eventTime }: { name: string; eventTime: Date },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { store, sites, events, stack, clock } = deps;
  const left = (reason: Reason): ProbeOutcome => ({ name, outcome: 'left', reason });
  const file = await store.get(renewalKey(name));
  if (!file) return left('renewal-file-missing');
  const { probe: isWanted, names, serverNames, hosts } = parseRenewalFile(file.body, name, stack);
  if (!isWanted) return left('not-wanted');
  const live = await readLive(store, name);
  if (!live) return left('never-issued');
  const { version, serial } = live.pointer;
  const at = clock();
  const groups = stack.hostGroups.filter((group) => hosts.includes(group.name));
  const mayLag = groups.some((group) => !openingOf(group, at).isOpen);
  const stored = await store.get(probeKey(name));
  const record = orNone(stored?.body, ProbeRecord);
  const seen = stored && record && isMeant(record.at, stored.modified) ? record : undefined;
  // Each host of a fleet publishes its deployment; a probe that began later has covered it.
  if (seen?.version === version && Date.parse(seen.at) >= eventTime.getTime() + 1_000)
    return left('probed-since');
  requireTime(signal, name);
  const observed = [...new Set([...names.filter((one) => !isWildcard(one)), ...serverNames])];
  const facts = await pMap(observed, (site) => sites.observe(site, signal), { concurrency: SITES_AT_ONCE });
  requireTime(signal, name);
  const findings = facts.flatMap((one) => judgeSite(one, { serial, mayLag, now: at }));
  const troubles = findings.filter(({ status }) => status !== 'ok');
  const counts = { sites: observed.length, troubles: troubles.length };
  const published = troubles.slice(0, MAX_PUBLISHED);
  await events.publish([{ type: 'Site Probed', detail: { name, version, ...counts, findings: published } }]);
  const looked = { ...record, name, version, at, findings };
  await store.put(probeKey(name), `${JSON.stringify(looked, null, 2)}\n`);
  return { name, outcome: 'probed', findings };
}

/** After the deadline, every site only looks as if it did not answer. */
function requireTime(signal: AbortSignal, name: string): void {
  if (signal.aborted)
    throw new OutOfTimeError('out-of-time', `no time was left to look at ${name} from outside`);
}

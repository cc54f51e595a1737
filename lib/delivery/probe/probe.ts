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
import { orNone, parseValue } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { EventBus } from '../../foundation/events/events.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import type { SiteFinding } from './rules/finding.ts';
import { judgeSite } from './rules/judge-site.ts';
import type { SiteFacts } from './rules/site-facts.ts';

/** Looks at a site as a stranger on the Internet would. Never throws: what cannot be seen is a fact. Ends within half a minute. */
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

/** `Probe Due` with names, or `Certificate Deployed` with one; EventBridge's time is in whole seconds. */
const ProbeEvent = z.object({
  time: z.string(),
  detail: z.union([
    z.object({ names: z.array(LineageName).check(z.maxLength(10)) }),
    z.object({ name: LineageName }),
  ]),
});

/** `probes/<name>.json`, as far as it is read. */
const ProbeRecord = z.object({ version: Version, at: z.string() });

const SITES_AT_ONCE = 10;
/** Of an event, which takes 256 KB; all are in the record. */
const MAX_TOLD = 200;

/** The message comes back, and goes on with what was not looked at yet. */
export class OutOfTimeError extends PerennialError<'out-of-time'> {
  override readonly name = 'OutOfTimeError';
}

/** Looks from outside at the sites of the certificates that want it, says what it saw and writes it down. */
export async function probe(deps: ProbeDeps, event: unknown, signal: AbortSignal): Promise<ProbeOutcome[]> {
  const { time, detail } = parseValue(event, ProbeEvent, { where: 'event', reason: 'event-invalid' });
  const names = 'names' in detail ? detail.names : [detail.name];
  const outcomes: ProbeOutcome[] = [];
  for (const name of names) {
    try {
      outcomes.push(await probeCertificate(deps, { name, told: new Date(time) }, signal));
    } catch (error) {
      if (error instanceof OutOfTimeError) throw error;
      outcomes.push({ name, outcome: 'failed', ...describeError(error) });
    }
  }
  return outcomes;
}

async function probeCertificate(
  deps: ProbeDeps,
  { name, told }: { name: string; told: Date },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { store, sites, events, stack, clock } = deps;
  const left = (reason: Reason): ProbeOutcome => ({ name, outcome: 'left', reason });
  const file = await store.get(renewalKey(name));
  if (!file) return left('renewal-file-missing');
  const { probe: isWanted, names, serverNames } = parseRenewalFile(file.body, name, stack);
  if (!isWanted) return left('not-wanted');
  const live = await readLive(store, name);
  if (!live) return left('never-issued');
  const { version, serial } = live.pointer;
  const at = clock();
  if (await isProbedSince(store, { name, version, told })) return left('probed-since');
  requireTime(signal, name);
  const looked = [...new Set([...names.filter((one) => !isWildcard(one)), ...serverNames])];
  const facts = await pMap(looked, (site) => sites.observe(site, signal), { concurrency: SITES_AT_ONCE });
  requireTime(signal, name);
  const findings = facts.flatMap((one) => judgeSite(one, { serial, now: at }));
  const troubles = findings.filter(({ status }) => status !== 'ok');
  await events.publish([
    {
      type: 'Site Probed',
      detail: {
        name,
        version,
        sites: looked.length,
        troubles: troubles.length,
        findings: troubles.slice(0, MAX_TOLD),
      },
    },
  ]);
  await store.put(probeKey(name), `${JSON.stringify({ name, version, at, findings }, null, 2)}\n`);
  return { name, outcome: 'probed', findings };
}

/** What was seen after the time is over is that it is over. */
function requireTime(signal: AbortSignal, name: string): void {
  if (signal.aborted)
    throw new OutOfTimeError('out-of-time', `no time was left to look at ${name} from outside`);
}

/** Each host of a fleet tells its own deployment; a look that began after it has seen it too. */
async function isProbedSince(
  store: ObjectStore,
  { name, version, told }: { name: string; version: string; told: Date },
): Promise<boolean> {
  const record = orNone((await store.get(probeKey(name)))?.body, ProbeRecord);
  return record?.version === version && Date.parse(record.at) >= told.getTime() + 1_000;
}

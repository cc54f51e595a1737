import pMap from 'p-map';
import { batchRenewals } from '../core/batches.ts';
import { type CheckSummary, summarizeCheck } from '../core/check-summary.ts';
import { type Fact, importsDue, MAX_HOSTS_NAMED, probesDue } from '../core/facts.ts';
import type { HostedZone } from '../core/hosted-zones.ts';
import { PENDING_PREFIX, RENEWAL_PREFIX, REVOKED_PREFIX, renewalKey } from '../core/object-keys.ts';
import { deferOrders } from '../core/orders-per-run.ts';
import { LEASE_SECONDS } from '../core/pending.ts';
import type { Plan } from '../core/plan.ts';
import type { Start } from '../core/start.ts';
import { oneLineOf } from './failure.ts';
import { IndexedReads } from './indexed-reads.ts';
import { RenewalInfoRound } from './scan/ask-renewal-info.ts';
import type { Look, LookDeps, ScanDeps } from './scan/context.ts';
import { Holds } from './scan/find-hold.ts';
import { fileName, lookAtFile } from './scan/look-at-file.ts';
import { lookWithoutFile } from './scan/look-without-file.ts';
import { planDeployments } from './scan/plan-deployments.ts';
import { planImports } from './scan/plan-imports.ts';

/** As many reads at once as S3 and 256 MB of memory like. */
const READS_AT_ONCE = 32;

/**
 * Compares what is wanted with what is, and puts what is due on the bus. A file that cannot be used is rejected in the plan
 * and the others go on. With start `plan` nothing is put anywhere.
 */
export async function scan(deps: ScanDeps, start: Start, now: Date): Promise<Plan> {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const warnOf = (error: unknown) => warn(oneLineOf(error).message);
  const index = isOfAll(start)
    ? await IndexedReads.open(deps.store, { anew: start.start === 'weekly-sweep', warn: warnOf })
    : undefined;
  const looking: LookDeps = { ...deps, store: index ?? deps.store };
  const zonesIn = zoneLister(deps);
  const [files, leftOpen, revoked] = await Promise.all([
    filesFor(looking, start),
    leftOpenBy(deps),
    revokedIn(deps),
    zonesIn(undefined),
  ]);
  const isScheduled = start.start === 'hourly-check' || start.start === 'weekly-sweep';
  const renewalInfo =
    index && isScheduled ? new RenewalInfoRound({ ...deps, asked: index }, { now, warn }) : undefined;
  const looksClosely = start.start === 'plan' || start.start === 'weekly-sweep';
  const holds = new Holds(looking.store, { start, now });
  const context = { start, looksClosely, zonesIn, holds, leftOpen, revoked, renewalInfo, now };
  const found: Look[] = await pMap(files, (file) => lookAtFile(looking, file, context), {
    concurrency: READS_AT_ONCE,
  });
  if (index) {
    const named = new Set(files.map(fileName));
    const { defaultCa } = deps.stack;
    const without = { files: named, leftOpen, all: looksClosely, defaultCa, now };
    found.push(...(await lookWithoutFile(index, without)));
  }
  const looks = deferOrders(found, { limit: ordersOf(deps, start), now });
  const plan: Plan = {
    start: start.start,
    at: now.toISOString(),
    certificates: looks.map(({ planned }) => planned),
    batches: batchRenewals(
      looks.flatMap(({ due }) => due ?? []),
      now,
    ),
    deployments: [],
    imports: [],
    probes: [],
    warnings,
  };
  const deployed = looks.flatMap((look) => (look.due ? [] : (look.deployed ?? [])));
  await planDeployments(looking, plan, deployed);
  const live = looks.flatMap((look) => look.deployed ?? []);
  await planImports(looking, plan, live);
  if (start.start === 'weekly-sweep') plan.probes = live.filter(({ probe }) => probe).map(({ name }) => name);
  if (start.start === 'plan') return plan;
  await index?.keep(deps.store, now).catch(warnOf);
  const health = looks.flatMap((look) => look.health ?? []);
  const checked = isScheduled ? [summarizeCheck(plan, health)] : [];
  await deps.events.publish([...factsOf(plan), ...checked.map(checkedFact)]);
  return plan;
}

const checkedFact = (detail: CheckSummary): Fact => ({ type: 'Certificates Checked', detail });

const isOfAll = (start: Start) => 'names' in start && start.names === 'all';

/** Who names certificates to renew now means all of them. */
function ordersOf({ stack }: ScanDeps, start: Start): number {
  return start.start === 'force' && start.names !== 'all' ? Number.POSITIVE_INFINITY : stack.ordersPerRun;
}

/** The renewal files to look at: those named, or all. */
async function filesFor({ store }: LookDeps, start: Start): Promise<string[]> {
  if (start.start === 'file-changed') return start.keys;
  if (start.names !== 'all') return start.names.map(renewalKey);
  const listed = await store.list(RENEWAL_PREFIX);
  return listed.map(({ key }) => key);
}

/** Lists the zones of each role once, when a file first asks for them. */
function zoneLister({ zonesOf }: ScanDeps): (role: string | undefined) => Promise<HostedZone[]> {
  const listed = new Map<string | undefined, Promise<HostedZone[]>>();
  return (role) => {
    const zones = listed.get(role) ?? zonesOf(role).list();
    listed.set(role, zones);
    return zones;
  };
}

/** Certificates with a claim that no worker can hold any more; what is in it is for `renew` alone to read. */
async function leftOpenBy({ store }: ScanDeps): Promise<ReadonlySet<string>> {
  const claims = await store.list(PENDING_PREFIX);
  const stale = claims.filter(({ ageMs }) => ageMs > LEASE_SECONDS * 1000);
  return new Set(stale.map(({ key }) => key.slice(PENDING_PREFIX.length).replace(/\.json$/, '')));
}

async function revokedIn({ store }: ScanDeps): Promise<ReadonlySet<string>> {
  const records = await store.list(REVOKED_PREFIX);
  return new Set(records.map(({ key }) => key.slice(REVOKED_PREFIX.length).replace(/\.json$/, '')));
}

function factsOf({ batches, deployments, imports, probes }: Plan): Fact[] {
  return [
    ...batches.map((batch): Fact => ({ type: 'Renewal Due', detail: batch })),
    ...deployments.map(
      ({ group, reason, names, hosts }): Fact => ({
        type: 'Deployment Due',
        detail: { group, reason, names, ...(hosts.length <= MAX_HOSTS_NAMED ? { hosts } : {}) },
      }),
    ),
    ...importsDue(imports),
    ...probesDue(probes),
  ];
}

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
import { RenewalInfoRound } from './scan/ask-renewal-info.ts';
import { type Look, SCHEDULED, type ScanDeps } from './scan/context.ts';
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
  const zonesIn = zoneLister(deps);
  const [files, leftOpen, revoked] = await Promise.all([
    filesFor(deps, start),
    leftOpenBy(deps),
    revokedIn(deps),
    zonesIn(undefined),
  ]);
  const warnings: string[] = [];
  const renewalInfo = new RenewalInfoRound(deps, { now, warn: (message) => warnings.push(message) });
  const looksClosely = start.start === 'plan' || start.start === 'weekly-sweep';
  const holds = new Holds(deps.store, { start, now });
  const context = { start, looksClosely, zonesIn, holds, leftOpen, revoked, renewalInfo, now };
  const found: Look[] = await pMap(files, (file) => lookAtFile(deps, file, context), {
    concurrency: READS_AT_ONCE,
  });
  if ('names' in start && start.names === 'all') {
    const named = new Set(files.map(fileName));
    const { defaultCa } = deps.stack;
    const without = { files: named, leftOpen, all: looksClosely, defaultCa, now };
    found.push(...(await lookWithoutFile(deps.store, without)));
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
  await planDeployments(deps, plan, deployed);
  const live = looks.flatMap((look) => look.deployed ?? []);
  await planImports(deps, plan, live);
  if (start.start === 'weekly-sweep') plan.probes = live.filter(({ probe }) => probe).map(({ name }) => name);
  if (start.start === 'plan') return plan;
  const health = looks.flatMap((look) => look.health ?? []);
  const checked = SCHEDULED.includes(start.start) ? [summarizeCheck(plan, health)] : [];
  await deps.events.publish([...factsOf(plan), ...checked.map(checkedFact)]);
  return plan;
}

const checkedFact = (detail: CheckSummary): Fact => ({ type: 'Certificates Checked', detail });

/** Who names certificates to renew now means all of them. */
function ordersOf({ stack }: ScanDeps, start: Start): number {
  return start.start === 'force' && start.names !== 'all' ? Number.POSITIVE_INFINITY : stack.ordersPerRun;
}

/** The renewal files to look at: those named, or all. */
async function filesFor({ store }: ScanDeps, start: Start): Promise<string[]> {
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

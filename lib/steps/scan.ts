import pMap from 'p-map';
import { batchRenewals, type DueCertificate } from '../core/batches.ts';
import { caFor, decideRenewal } from '../core/decide-renewal.ts';
import { identifierOf } from '../core/domain-name.ts';
import { type Fact, importsDue, MAX_HOSTS_NAMED, probesDue } from '../core/facts.ts';
import { type HostedZone, zonesFor } from '../core/hosted-zones.ts';
import { InputError } from '../core/input-error.ts';
import { nameOfKey, PENDING_PREFIX, RENEWAL_PREFIX, renewalKey } from '../core/object-keys.ts';
import { deferOrders } from '../core/orders-per-run.ts';
import { LEASE_SECONDS } from '../core/pending.ts';
import { type Plan, plannedCertificate } from '../core/plan.ts';
import { parseRenewalFile, type StackLimits, type Wanted } from '../core/renewal-file.ts';
import type { Start } from '../core/start.ts';
import type { Events } from '../ports/events.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { DnsError } from '../ports/resolver.ts';
import type { ZonesOf } from '../ports/zones.ts';
import { type RenewalInfoDeps, RenewalInfoRound } from './ask-renewal-info.ts';
import { challengeTarget } from './challenge-target.ts';
import { oneLineOf } from './failure.ts';
import { type HoldBack, holderBack } from './find-hold.ts';
import { lookAtPointer } from './find-upkeep.ts';
import { type CaaDeps, lookAtCaa } from './look-at-caa.ts';
import { lookWithoutFile } from './look-without-file.ts';
import { planDeployments } from './plan-deployments.ts';
import { planImports } from './plan-imports.ts';
import { findPointer, findState } from './read-objects.ts';

export interface ScanDeps extends CaaDeps, RenewalInfoDeps {
  store: ObjectStore;
  zonesOf: ZonesOf;
  hosts: Hosts;
  events: Events;
  stack: StackLimits & CaaDeps['stack'] & { ordersPerRun: number };
}

interface Look {
  planned: Plan['certificates'][number];
  due?: DueCertificate;
  deployed?: {
    name: string;
    version: string;
    groups: readonly string[];
    acm: Wanted['acm'];
    probe: Wanted['probe'];
  };
}

interface LookContext {
  start: Start;
  /** Whether the DNS and the bucket are looked at too, as the weekly sweep does. */
  looksClosely: boolean;
  zonesIn: (role: string | undefined) => Promise<HostedZone[]>;
  holdBack: HoldBack;
  leftOpen: ReadonlySet<string>;
  renewalInfo: RenewalInfoRound;
  now: Date;
}

/** The starts that ask the CA when to renew; the others are in a hurry, or change nothing. */
const SCHEDULED: readonly Start['start'][] = ['hourly-check', 'weekly-sweep'];
/** As many reads at once as S3 and 256 MB of memory like. */
const READS_AT_ONCE = 32;

/**
 * Compares what is wanted with what is, and puts what is due on the bus. A file that cannot be used is rejected in the plan
 * and the others go on. With start `plan` nothing is put anywhere.
 */
export async function scan(deps: ScanDeps, start: Start, now: Date): Promise<Plan> {
  const zonesIn = zoneLister(deps);
  const [files, leftOpen] = await Promise.all([filesFor(deps, start), leftOpenBy(deps), zonesIn(undefined)]);
  const warnings: string[] = [];
  const renewalInfo = new RenewalInfoRound(deps, { now, warn: (message) => warnings.push(message) });
  const looksClosely = start.start === 'plan' || start.start === 'weekly-sweep';
  const holdBack = holderBack(deps.store, { start, now });
  const context = { start, looksClosely, zonesIn, holdBack, leftOpen, renewalInfo, now };
  const found: Look[] = await pMap(files, (file) => lookAt(deps, file, context), {
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
  if (start.start !== 'plan') await deps.events.publish(factsOf(plan));
  return plan;
}

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
function zoneLister({ zonesOf }: ScanDeps): LookContext['zonesIn'] {
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

async function lookAt(deps: ScanDeps, file: string, context: LookContext): Promise<Look> {
  let name = fileName(file);
  try {
    name = nameOfKey(file, RENEWAL_PREFIX);
    return await decide(deps, await readWanted(deps, name), context);
  } catch (error) {
    return { planned: { name, action: 'reject', ...oneLineOf(error) } };
  }
}

function fileName(key: string): string {
  return key.slice(RENEWAL_PREFIX.length).replace(/\.json$/, '');
}

async function readWanted({ store, stack }: ScanDeps, name: string): Promise<Wanted> {
  const file = await store.get(renewalKey(name));
  if (file) return parseRenewalFile(file.body, name, stack);
  throw new InputError(
    'renewal-file-missing',
    `renewal/${name}.json does not exist; put it into the bucket first (see README, "Add a certificate")`,
  );
}

async function decide(
  deps: ScanDeps,
  wanted: Wanted,
  { start, looksClosely, zonesIn, holdBack, leftOpen, renewalInfo, now }: LookContext,
): Promise<Look> {
  const { store, stack } = deps;
  const { name, zoneRole } = wanted;
  const zones = await zonesIn(zoneRole);
  const zoneIds = wanted.names.map((dnsName) => zonesFor(identifierOf(dnsName), zones)[0].id);
  const [found, { state: known, spoilt }] = await Promise.all([
    findPointer(store, name),
    findState(store, name),
  ]);
  const pointer = found?.pointer;
  const damage = await lookAtPointer(store, { name, found, looksClosely }, now);
  const live = damage === 'pointer-lost' ? undefined : pointer;
  const asksCa = live && !spoilt && SCHEDULED.includes(start.start) && wanted.renewBeforeDays === undefined;
  const state = asksCa ? await renewalInfo.ask(name, live, known) : known;
  const looksAtCaa = start.start === 'plan' || (looksClosely && pointer?.caaIssuer);
  const caa = looksAtCaa ? await lookAtCaa(deps, wanted, pointer) : undefined;
  const open = leftOpen.has(name);
  const facts = {
    wanted,
    live,
    state,
    forced: start.start === 'force',
    leftOpen: open,
    caaDrifted: caa !== undefined && caa.edits.length > 0,
    upkeep: damage ?? (spoilt && 'state-unreadable'),
    defaultCa: stack.defaultCa,
    fallbackCas: stack.fallbackCas,
    now,
  };
  const asked = decideRenewal(facts);
  const ca = caFor(facts, asked.reason);
  const of = { name, names: wanted.names, ca: ca.ca, live, state, leftOpen: open };
  const decision = await holdBack(asked, of);
  const planned = plannedCertificate(wanted, decision, { notAfter: live?.notAfter, ca });
  const look: Look = { planned: caa ? { ...planned, caa } : planned };
  if (live)
    look.deployed = {
      name,
      version: live.version,
      groups: wanted.hosts,
      acm: wanted.acm,
      probe: wanted.probe,
    };
  if (decision.action === 'wait') return look;
  if (decision.action === 'renew') await requireTargets(deps, wanted);
  const due: DueCertificate = {
    name,
    reason: decision.reason,
    ca: ca.ca,
    zoneRole,
    zoneIds,
    notAfter: live && new Date(live.notAfter),
    replacing: pointer?.version ?? null,
    ...(start.start === 'force' && start.ignoreBudget && { ignoreBudget: true }),
  };
  return { ...look, due };
}

/** A proof that could not be written is refused here; a DNS that does not answer is left to `renew`, which remembers it. */
async function requireTargets({ resolver, stack }: ScanDeps, { names }: Wanted): Promise<void> {
  try {
    await Promise.all(
      [...new Set(names.map(identifierOf))].map((name) => challengeTarget(resolver, name, stack)),
    );
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
  }
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

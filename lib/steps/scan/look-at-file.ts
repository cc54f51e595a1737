import type { DueCertificate } from '../../core/batches.ts';
import { casOf } from '../../core/ca-list.ts';
import { type Health, lifeLeft } from '../../core/check-summary.ts';
import { caFor, decideRenewal, isOverdue } from '../../core/decide-renewal.ts';
import { identifierOf } from '../../core/domain-name.ts';
import { type HostedZone, zonesFor } from '../../core/hosted-zones.ts';
import { InputError } from '../../core/input-error.ts';
import { nameOfKey, RENEWAL_PREFIX, renewalKey } from '../../core/object-keys.ts';
import { type Plan, plannedCertificate, plannedRevocation } from '../../core/plan.ts';
import { parseRenewalFile, type StackLimits, type Wanted } from '../../core/renewal-file.ts';
import { toMakeUpFor } from '../../core/revocation.ts';
import type { Start } from '../../core/start.ts';
import type { Events } from '../../ports/events.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { DnsError } from '../../ports/resolver.ts';
import type { ZonesOf } from '../../ports/zones.ts';
import { challengeTarget } from '../challenge-target.ts';
import { oneLineOf } from '../failure.ts';
import { lookAtPointer } from '../find-upkeep.ts';
import { type CaaDeps, lookAtCaa } from '../look-at-caa.ts';
import { findPointer, findState, readRevocations } from '../read-objects.ts';
import type { RenewalInfoDeps, RenewalInfoRound } from './ask-renewal-info.ts';
import type { Holds } from './find-hold.ts';

export interface ScanDeps extends CaaDeps, RenewalInfoDeps {
  store: ObjectStore;
  zonesOf: ZonesOf;
  hosts: Hosts;
  events: Events;
  stack: StackLimits & CaaDeps['stack'] & { ordersPerRun: number };
}

export interface Look {
  planned: Plan['certificates'][number];
  due?: DueCertificate;
  health?: Health;
  deployed?: {
    name: string;
    version: string;
    groups: readonly string[];
    acm: Wanted['acm'];
    probe: Wanted['probe'];
  };
}

export interface LookContext {
  start: Start;
  /** Whether the DNS and the bucket are looked at too, as the weekly sweep does. */
  looksClosely: boolean;
  zonesIn: (role: string | undefined) => Promise<HostedZone[]>;
  holds: Holds;
  leftOpen: ReadonlySet<string>;
  /** Certificates with a version that was revoked. */
  revoked: ReadonlySet<string>;
  renewalInfo: RenewalInfoRound;
  now: Date;
}

/** The starts that ask the CA when to renew; the others are in a hurry, or change nothing. */
export const SCHEDULED: readonly Start['start'][] = ['hourly-check', 'weekly-sweep'];
/** What is wanted of one certificate, what is, and what follows; a file that cannot be used is rejected. */
export async function lookAtFile(deps: ScanDeps, file: string, context: LookContext): Promise<Look> {
  let name = fileName(file);
  try {
    name = nameOfKey(file, RENEWAL_PREFIX);
    return await decide(deps, await readWanted(deps, name), context);
  } catch (error) {
    return { planned: { name, action: 'reject', ...oneLineOf(error) } };
  }
}

/** The name in the key of a renewal file, whatever it is. */
export function fileName(key: string): string {
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
  { start, looksClosely, zonesIn, holds, leftOpen, revoked, renewalInfo, now }: LookContext,
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
  const cas = casOf(wanted, stack);
  const revocations = revoked.has(name) ? await readRevocations(store, name) : [];
  const revocation = revocations.find(({ version }) => version === live?.version);
  const facts = {
    wanted,
    live,
    state,
    forced: start.start === 'force',
    revoked: toMakeUpFor(revocations, live) !== undefined,
    leftOpen: open,
    caaDrifted: caa !== undefined && caa.edits.length > 0,
    upkeep: damage ?? (spoilt && 'state-unreadable'),
    defaultCa: stack.defaultCa,
    fallbackCas: stack.fallbackCas,
    // Where there is no choice of CAs, what it lets wait is asked only once a renewal is due.
    ...(cas.length > 1 && { limited: await holds.limited(cas, wanted.names) }),
    now,
  };
  const asked = decideRenewal(facts);
  const ca = caFor(facts, asked.reason);
  const of = { name, names: wanted.names, ca: ca.ca, live, state, leftOpen: open };
  const decision = await holds.holdBack(asked, of);
  const planned = plannedCertificate(wanted, decision, { notAfter: live?.notAfter, ca });
  const health = {
    name,
    lifeLeft: live && lifeLeft(live, now),
    notAfter: live?.notAfter,
    failures: state?.failures ?? 0,
    overdue: isOverdue(facts),
  };
  const look: Look = {
    planned: {
      ...planned,
      ...(caa && { caa }),
      ...(revocation && { revoked: plannedRevocation(revocation) }),
    },
    health,
  };
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

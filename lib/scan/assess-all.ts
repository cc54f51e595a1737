import pMap from 'p-map';
import { findStrays } from '../foundation/bucket/find-strays.ts';
import type { Reads } from '../foundation/bucket/object-store.ts';
import { type FoundPointer, findPointer } from '../foundation/bucket/read-pointer.ts';
import {
  ACM_PREFIX,
  ARCHIVE_PREFIX,
  LIVE_PREFIX,
  namesIn,
  PENDING_PREFIX,
  PINS_PREFIX,
  PROBES_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
  renewalFilesIn,
  STATE_PREFIX,
} from '../foundation/certificate/object-keys.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { once } from '../foundation/common/once.ts';
import { readLimits } from '../issuance/ca/read-limits.ts';
import { outlivedObjects } from '../issuance/renewal/find-upkeep.ts';
import { findState } from '../issuance/renewal/read-state.ts';
import { CLAIM_SECONDS } from '../issuance/renewal/rules/claim-record.ts';
import { failuresOf } from '../issuance/renewal/rules/state.ts';
import { findRevocations } from '../issuance/revocation/read-revocations.ts';
import { assessCertificate } from './assess-certificate.ts';
import { findIssuer } from './assess-dns.ts';
import type { AssessContext, AssessDeps, Assessment } from './context.ts';
import { doubtedByHosts } from './doubted-by-hosts.ts';
import { ownZones } from './own-zones.ts';
import { plannedWithoutFile } from './rules/plan.ts';

/** Folders with an object a certificate, besides those that every start lists. */
const NAMED = [LIVE_PREFIX, STATE_PREFIX, REVOKED_PREFIX, ACM_PREFIX, PROBES_PREFIX, PINS_PREFIX];

/** As many reads at once as S3 and 256 MB of memory allow. */
const READS_AT_ONCE = 32;

/** Assesses each certificate that a start is about; if it is about all, also those without a file. */
export async function assessAll(
  given: AssessDeps,
  pass: Pick<AssessContext, 'start' | 'renewalInfo' | 'now'>,
): Promise<Assessment[]> {
  const deps = { ...given, describeAccount: once(given.describeAccount) };
  const { store } = deps;
  const { start } = pass;
  const zonesIn = once((role: string | undefined) => deps.zonesOf(role).list());
  const isQuickCheck = start.names === 'all' && !start.looksClosely;
  const [names, claims, revoked, pinned, doubted] = await Promise.all([
    start.names === 'all' ? store.list(RENEWAL_PREFIX, { deep: true }).then(renewalFilesIn) : start.names,
    claimsIn(store),
    store.list(REVOKED_PREFIX).then((records) => new Set(namesIn(records, REVOKED_PREFIX))),
    store.list(PINS_PREFIX).then((pins) => new Set(namesIn(pins, PINS_PREFIX))),
    // Whoever needs the records says that they cannot be read.
    isQuickCheck ? doubtedByHosts(store, pass.now).catch(() => new Set<string>()) : new Set<string>(),
    zonesIn(undefined),
  ]);
  const limitsAt = once((ca: string) => readLimits(store, ca, pass.now));
  const issuerAt = once((ca: string) => findIssuer(deps, ca));
  const zonesAt = once((role: string | undefined) => ownZones({ ...deps, zonesIn }, role));
  const context = { ...pass, zonesIn, zonesAt, limitsAt, ...claims, revoked, pinned, doubted, issuerAt };
  const assessed = await pMap(names, (name) => assessCertificate(deps, name, context), {
    concurrency: READS_AT_ONCE,
  });
  if (start.names !== 'all') return assessed;
  const files = new Set(names.map((found) => ('name' in found ? found.name : found.rejected)));
  // Whoever needs what cannot be listed says so.
  const found = await findStrays(store, { sweeps: start.looksClosely }).catch(() => []);
  const strays = found.map(({ name, error }): Assessment => {
    return { planned: { name, action: 'reject', ...describeError(error) } };
  });
  return [...assessed, ...(await assessWithoutFile(deps, files, context)), ...strays];
}

/** Certificates with a claim, and with a stale one; only `renew` reads what is in it. */
async function claimsIn(store: Reads): Promise<Pick<AssessContext, 'claimed' | 'leftOpen'>> {
  const claims = await store.list(PENDING_PREFIX);
  const stale = claims.filter(({ ageMs }) => ageMs > CLAIM_SECONDS * 1000);
  const of = (found: typeof claims) => new Set(namesIn(found, PENDING_PREFIX));
  return { claimed: of(claims), leftOpen: of(stale) };
}

/** Certificates of which anything is kept. */
async function keptNames(store: Reads): Promise<string[]> {
  const [archived, ...named] = await Promise.all([
    store.folders(ARCHIVE_PREFIX),
    ...NAMED.map(async (prefix) => namesIn(await store.list(prefix), prefix)),
  ]);
  const files = archived.map((name) => ({ key: `${name}.json` }));
  return [...named.flat(), ...namesIn(files, '')];
}

/**
 * Certificates whose renewal file is gone, or never was. They are left as they are until long after their end, but
 * what a worker left open is ended. Only a start that looks closely reads all pointers to find them; those with a revoked
 * version are looked at by every start.
 */
async function assessWithoutFile(
  { store, stack }: AssessDeps,
  files: ReadonlySet<string>,
  { start, leftOpen, revoked, now }: Pick<AssessContext, 'start' | 'leftOpen' | 'revoked' | 'now'>,
): Promise<Assessment[]> {
  const kept = start.looksClosely ? await keptNames(store) : [];
  const names = [...new Set([...kept, ...leftOpen, ...revoked])].filter((name) => !files.has(name));
  const assess = async (name: string): Promise<Assessment[]> => {
    const found = await findPointer(store, name);
    const pointer = found?.pointer;
    const isLeft = leftOpen.has(name);
    const isOutlived = start.looksClosely && (await outlivedObjects(store, name, now));
    if (!isLeft && !isOutlived) {
      const planned = found && plannedWithoutFile(name, pointer, now);
      return planned
        ? [{ planned, ...(await factsWithoutFile(store, name, { found, region: stack.region, now })) }]
        : [];
    }
    const { state } = await findState(store, name, now);
    const reason = isLeft ? ('left-open' as const) : ('outlived' as const);
    const { failures = 0, notBefore = '' } = failuresOf(state, reason) ?? {};
    const checked = { name, lifeLeft: undefined, notAfter: undefined, failures, overdue: false };
    const failing = failures > 0 && { checked };
    if (Date.parse(notBefore) > now.getTime())
      return [{ planned: { name, action: 'wait', reason: 'backing-off', until: notBefore }, ...failing }];
    const due = {
      name,
      reason,
      ca: stack.defaultCa,
      zoneIds: [],
      notAfter: pointer && new Date(pointer.notAfter),
      replacing: pointer?.version ?? null,
    };
    return [{ planned: { name, action: 'mend', reason: due.reason }, due, ...failing }];
  };
  // It needs nothing soon, and holds up no other.
  const leave = (name: string, error: unknown): Assessment => {
    const planned = { name, action: 'leave', reason: 'unmanaged' } as const;
    return { planned, unseen: describeError(error).message };
  };
  const assessOrLeave = (name: string) => assess(name).catch((error) => [leave(name, error)]);
  return (await pMap(names, assessOrLeave, { concurrency: READS_AT_ONCE })).flat();
}

/** What the health of a certificate without a renewal file is judged by. */
async function factsWithoutFile(
  store: Reads,
  name: string,
  { found, region, now }: { found: FoundPointer; region: string; now: Date },
): Promise<Pick<Assessment, 'facts'>> {
  const revocations = await findRevocations(store, name);
  const pointer = found.pointer ?? 'unreadable';
  return { facts: { name, region, wanted: false, pointer, state: undefined, revocations, now } };
}

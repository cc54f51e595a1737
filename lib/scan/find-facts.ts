import { findPointer } from '../foundation/bucket/read-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { isRevocationOf, revocationToReplace } from '../foundation/certificate/revocation.ts';
import { limitOn } from '../issuance/ca/rules/ca-limits.ts';
import { casOf } from '../issuance/ca/rules/ca-list.ts';
import { assessPointer } from '../issuance/renewal/find-upkeep.ts';
import { readStored, renewalFacts } from '../issuance/renewal/gather-facts.ts';
import { findPin, heldPin } from '../issuance/renewal/read-pin.ts';
import { isSeenClosely } from '../issuance/renewal/rules/decide-renewal.ts';
import { assessCaa } from './assess-dns.ts';
import type { AssessContext, AssessDeps } from './context.ts';

/**
 * What the decision is made from: the bucket, the CA's answer and, where a start looks closely, the DNS. `found` is the pointer,
 * also where it is not to be believed; `revocation` is that of the live version.
 */
export async function findFacts(deps: AssessDeps, wanted: Wanted, context: AssessContext) {
  const { store, fresh, stack } = deps;
  const { name, names } = wanted;
  const { start, leftOpen, revoked, doubted, renewalInfo, now } = context;
  const { dryRun, forced } = start;
  const stored = await readStored(store, name, { now, isRevoked: revoked.has(name) });
  const { found, spoilt, recorded, revocations } = stored;
  const pointer = found?.pointer;
  // Otherwise a defect that only a close look finds would count as repaired.
  const failed = Object.keys(stored.state?.repairs ?? {});
  const looksClosely = start.looksClosely || doubted.has(name) || failed.some(isSeenClosely);
  const damage =
    (await assessPointer(store, { name, found, looksClosely }, now)) &&
    (await assessPointer(fresh, { name, found: await findPointer(fresh, name), looksClosely }, now));
  const live = damage === 'pointer-lost' ? undefined : pointer;
  const asksCa = live && !spoilt;
  const state = asksCa && renewalInfo ? await renewalInfo.ask(name, live, stored.state) : stored.state;
  const looksAtCaa = dryRun || (looksClosely && pointer?.caaIssuer);
  const caa = looksAtCaa ? await assessCaa(deps, { wanted, live: pointer }, context) : undefined;
  const cas = casOf(wanted, stack);
  const about = { live, names, revocations, state, now };
  const pin = context.pinned.has(name) ? await findPin(store, name, about) : undefined;
  const assessed = {
    wanted,
    live,
    state,
    revocations,
    forced,
    leftOpen: leftOpen.has(name),
    pin: heldPin(pin),
    caaDrifted: pointer?.caaIssuer !== undefined && caa !== undefined && caa.edits.length > 0,
    upkeep: damage ?? (spoilt && 'state-unreadable'),
    // Limits choose among several CAs; those of a single one are read only once a renewal is due.
    ...(cas.length > 1 && { limited: await limitedCas(cas, names, context) }),
    now,
  };
  const own = revocations.find((one) => isRevocationOf(one, live));
  const revocation = own ?? revocationToReplace(revocations, live);
  return { facts: renewalFacts(assessed, stack), found, recorded, caa, revocation, revocations, pin };
}

/** The CAs that take no order for these names yet, and when they will. */
async function limitedCas(
  cas: readonly string[],
  names: readonly string[],
  { start: { forced }, limitsAt, now }: AssessContext,
): Promise<Map<string, string>> {
  const untils = new Map<string, string>();
  for (const ca of cas) {
    const limit = limitOn(await limitsAt(ca), { names, forced, now });
    if (limit) untils.set(ca, limit.until);
  }
  return untils;
}

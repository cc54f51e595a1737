import { type CaaIssuer, judgeCaa } from '../../core/caa.ts';
import { type CaaEdit, type CaaFound, planCaa, wishOf } from '../../core/caa-plan.ts';
import { challengeName, identifierOf, isAtOrBelow } from '../../core/domain-name.ts';
import { InputError } from '../../core/input-error.ts';
import { isPersistent } from '../../core/persist-record.ts';
import { DnsError } from '../../ports/resolver.ts';
import { challengeTarget } from '../challenge-target.ts';
import { findCaa } from '../find-caa.ts';
import type { FindZone } from '../find-zone.ts';
import type { BatchDeps, Checked, Claimed, PlacedEdit, RenewDeps, RenewRun } from './context.ts';
import type { FindIssuers } from './find-issuers.ts';
import { requireStandingRecords } from './standing-record.ts';

const CAA_TTL_SECONDS = 300;

/** Finds where each proof belongs and whether CAA lets our CA issue, before the CA is asked for anything. */
export async function preCheck(
  run: RenewRun,
  renewal: Claimed,
  { findZone, findIssuers }: { findZone: FindZone; findIssuers: FindIssuers },
): Promise<Checked> {
  const identifiers = [...new Set(renewal.wanted.names.map(identifierOf))];
  const { names } = renewal.wanted;
  const persistent = isPersistent(renewal.wanted);
  const targets = await Promise.all(
    (persistent ? [] : identifiers).map(
      async (identifier) => [identifier, await placeOf(run.deps, identifier, findZone)] as const,
    ),
  );
  const [issuer, ...caaFallbacks] = await findIssuers(renewal.wanted);
  if (persistent) await requireStandingRecords(run.deps, { names, issuer });
  const caaEdits = issuer
    ? await placeCaa(run.deps, renewal, { issuers: [issuer, ...caaFallbacks], findZone })
    : [];
  return { ...renewal, challengeTargets: new Map(targets), caaEdits, caaFallbacks };
}

/** The place of a proof: name and hosted zone. */
async function placeOf({ resolver, zones, stack }: BatchDeps, identifier: string, findZone: FindZone) {
  const name = await challengeTarget(resolver, identifier, stack).catch(async (error) => {
    // Where the DNS does not answer, what is known of the zone often says why.
    if (error instanceof DnsError) await findZone(challengeName(identifier));
    throw error;
  });
  const zone = await findZone(name);
  // Only where something stands is it read: a record that our values cannot be added to is told before the order.
  if ((await resolver.txt(name)).length > 0) await zones.read(zone.id, { name, type: 'TXT' });
  return { zoneId: zone.id, zoneName: zone.name, name };
}

interface CaaWay {
  /** The CA to be used, then those it falls back to. */
  issuers: readonly [CaaIssuer, ...CaaIssuer[]];
  findZone: FindZone;
}

/** The CAA changes that the certificate's mode asks for; throws {@link InputError} where CAA forbids and we may not change it. */
export async function placeCaa(
  deps: RenewDeps,
  { wanted, live }: Pick<Claimed, 'wanted' | 'live'>,
  { issuers, findZone }: CaaWay,
): Promise<PlacedEdit[]> {
  const { mode } = wanted.caa;
  const [issuer] = issuers;
  if (mode === 'off') return [];
  const found = await findCaa(deps.resolver, wanted.names);
  if (mode === 'check') {
    requireAllowed(found, issuer, []);
    return [];
  }
  const plan = planCaa(found, wishOf(wanted, issuers, deps.stack), live?.pointer.caa ?? []);
  for (const name of plan.notPossible)
    deps.warn(`caa-not-possible-at-cname: ${name} is a CNAME and gets no CAA of its own`);
  const placed = await Promise.all(plan.edits.map((edit) => place(deps, edit, findZone)));
  const edits = placed.flatMap((edit) => edit ?? []);
  requireAllowed(
    found,
    issuer,
    edits.map(({ edit }) => edit.name),
  );
  return edits;
}

/** The edit in its hosted zone; `undefined` where the set is not ours to change. */
async function place(
  { stack }: RenewDeps,
  { at, add, remove }: CaaEdit,
  findZone: FindZone,
): Promise<PlacedEdit | undefined> {
  if (!stack.domains.some((domain) => isAtOrBelow(at, domain))) return undefined;
  try {
    const { id, name } = await findZone(at);
    return { zoneId: id, zoneName: name, edit: { name: at, type: 'CAA', add, remove, ttl: CAA_TTL_SECONDS } };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Stops an order that would be refused, unless the set is about to be changed. */
function requireAllowed(found: readonly CaaFound[], issuer: CaaIssuer, changed: readonly string[]): void {
  for (const { name, set } of found) {
    if (set && changed.includes(set.at)) continue;
    const verdict = judgeCaa(name, set, issuer);
    if (verdict.allowed) continue;
    const remedy =
      verdict.reason === 'caa-unknown-critical'
        ? 'no CA may pass over a critical property it does not know; remove it'
        : `add 0 issue "${issuer.identity}" there`;
    throw new InputError(
      verdict.reason,
      `${name}: CAA (${verdict.because}) does not let ${issuer.identity} issue; ${remedy}`,
    );
  }
}

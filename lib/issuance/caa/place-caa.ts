import { isAtOrBelow } from '../../foundation/certificate/domain-name.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import type { CaaIssuer } from '../ca/rules/ca-list.ts';
import type { FindZone } from '../dns/find-zone.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import type { RenewDeps } from '../renewal/deps.ts';
import type { Claimed } from '../renewal/phases.ts';
import { findCaa } from './find-caa.ts';
import { judgeCaa } from './rules/caa.ts';
import { type CaaEdit, type CaaFound, planCaa, wishOf } from './rules/caa-plan.ts';

const CAA_TTL_SECONDS = 300;

/**
 * The CAA changes that the certificate's mode asks for, for its CA and those it falls back to. Throws {@link InputError} where
 * CAA forbids its CA and we may not change that.
 */
export async function placeCaa(
  deps: RenewDeps,
  { wanted, live }: Pick<Claimed, 'wanted' | 'live'>,
  { issuers, findZone }: { issuers: readonly [CaaIssuer, ...CaaIssuer[]]; findZone: FindZone },
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
  const changed = edits.map(({ edit }) => edit.name);
  requireAllowed(found, issuer, changed);
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

/** Stops an order that the CA would refuse, unless the set is about to change. */
function requireAllowed(found: readonly CaaFound[], issuer: CaaIssuer, changed: readonly string[]): void {
  for (const { name, set } of found) {
    if (set && changed.includes(set.at)) continue;
    const verdict = judgeCaa(name, set, issuer);
    if (verdict.allowed) continue;
    const remedy =
      verdict.reason === 'caa-unknown-critical'
        ? 'no CA may pass over a critical property it does not know; remove it'
        : `add 0 issue "${issuer.identity}" there`;
    throw new InputError(verdict.reason, {
      seen: `${name}: CAA (${verdict.because}) does not let ${issuer.identity} issue`,
      remedy,
    });
  }
}

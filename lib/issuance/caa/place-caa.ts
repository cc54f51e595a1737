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

interface CaaContext {
  /** The CA to be used, then those it falls back to. */
  issuers: readonly [CaaIssuer, ...CaaIssuer[]];
  findZone: FindZone;
}

/** The CAA changes that the certificate's mode asks for; throws {@link InputError} where CAA forbids and we may not change it. */
export async function placeCaa(
  deps: RenewDeps,
  { wanted, live }: Pick<Claimed, 'wanted' | 'live'>,
  { issuers, findZone }: CaaContext,
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
    throw new InputError(verdict.reason, {
      seen: `${name}: CAA (${verdict.because}) does not let ${issuer.identity} issue`,
      remedy,
    });
  }
}

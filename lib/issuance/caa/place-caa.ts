import { InputError } from '../../foundation/common/input-error.ts';
import type { CaaIssuer } from '../ca/rules/ca-list.ts';
import type { FindZone } from '../dns/find-zone.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import type { LookAt } from '../dns/standing.ts';
import type { RenewDeps } from '../renewal/deps.ts';
import type { Claimed } from '../renewal/phases.ts';
import { findCaa } from './find-caa.ts';
import { caaPlaces, type ReadRecords } from './own-caa.ts';
import { type CaaRequest, lineToSet } from './rules/add-to-caa.ts';
import { type CaaProperty, formatCaa, judgeCaa } from './rules/caa.ts';
import { type CaaFound, type CaaPlan, planCaa, wishOf } from './rules/caa-plan.ts';

const CAA_TTL_SECONDS = 300;

interface Context {
  issuers: readonly [CaaIssuer, ...CaaIssuer[]];
  findZone: FindZone;
  /** All records of a hosted zone. */
  readRecords: ReadRecords;
  lookAt: LookAt;
}

/**
 * The CAA changes that the certificate's mode asks for, for its CA and those it falls back to. Throws {@link InputError} where
 * CAA forbids its CA and we may not change that.
 */
export async function placeCaa(
  deps: RenewDeps,
  { wanted, live }: Pick<Claimed, 'wanted' | 'live'>,
  { issuers, findZone, readRecords, lookAt }: Context,
): Promise<PlacedEdit[]> {
  const { mode } = wanted.caa;
  if (mode === 'off') return [];
  const wish = wishOf(wanted, issuers, deps.stack);
  const request = { asker: { ...issuers[0], method: wish.method }, restrict: wish.restrict };
  const found = await findCaa(deps.resolver, wanted.names, lookAt);
  if (mode === 'check') {
    requireAllowed(found, request, []);
    return [];
  }
  const recorded = live?.pointer.caa ?? [];
  const placeOf = caaPlaces(deps, { findZone, readRecords });
  const seen = await withOwnSets(found, planCaa(found, wish, recorded), placeOf);
  const plan = planCaa(seen, wish, recorded);
  const placed = await Promise.all(
    plan.edits.map(async ({ at, add, remove }): Promise<PlacedEdit[]> => {
      const place = await placeOf(at);
      const isShown = seen.some(({ set }) => set?.at === at);
      if (!place || (isShown && place.values.length === 0)) return [];
      if (!isShown && place.wildcard !== undefined) {
        deps.warn(
          `caa-not-possible-at-wildcard: ${at} is answered by ${place.wildcard}, which a CAA there would hide`,
        );
        return [];
      }
      const edit = { name: at, type: 'CAA', add, remove, ttl: CAA_TTL_SECONDS } as const;
      return [{ ...place.zone, edit: { ...edit, decidedBy: place.values } }];
    }),
  );
  const edits = placed.flat();
  const changed = edits.map(({ edit }) => edit.name);
  requireAllowed(seen, request, changed);
  warnOf(deps, plan, issuers[0]);
  return edits;
}

/** The sets as our zones have them too, where they are to be changed: what a resolver says may be old, or a wildcard's. */
function withOwnSets(
  found: readonly CaaFound[],
  { edits }: CaaPlan,
  placeOf: ReturnType<typeof caaPlaces>,
): Promise<CaaFound[]> {
  return Promise.all(
    found.map(async (one) => {
      const at = edits.find(({ governs }) => governs.includes(one.name))?.at;
      const place = at === undefined ? undefined : await placeOf(at);
      if (at === undefined || !place) return one;
      const shown = one.set?.properties ?? [];
      const isWildcards = shown.length > 0 && place.values.length === 0 && place.wildcard !== undefined;
      const owner = isWildcards && place.wildcard !== undefined ? place.wildcard : at;
      const held = (await placeOf(owner))?.properties ?? [];
      if (shown.length + held.length === 0) return one;
      const isShown = (property: CaaProperty) => shown.map(formatCaa).includes(formatCaa(property));
      return { ...one, set: { at: owner, properties: [...shown, ...held.filter((one) => !isShown(one))] } };
    }),
  );
}

function warnOf({ warn }: RenewDeps, { notPossible, refused = [] }: CaaPlan, { identity }: CaaIssuer): void {
  for (const name of notPossible)
    warn(`caa-not-possible-at-cname: ${name} is a CNAME and gets no CAA of its own`);
  for (const refusal of refused)
    if (refusal.identity !== identity)
      warn(`caa-left-as-it-is: ${refusal.identity} may not issue for ${refusal.name}: ${refusal.remedy}`);
}

/** Stops an order that the CA would refuse, unless the set is about to change. */
function requireAllowed(found: readonly CaaFound[], request: CaaRequest, changed: readonly string[]): void {
  const { identity } = request.asker;
  for (const { name, set } of found) {
    if (!set || changed.includes(set.at)) continue;
    const verdict = judgeCaa(name, set, request.asker);
    if (verdict.allowed) continue;
    throw new InputError(verdict.reason, {
      seen: `${name}: CAA (${verdict.because}) does not let ${identity} issue`,
      remedy: lineToSet(set, name, request),
    });
  }
}

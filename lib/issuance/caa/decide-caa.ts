import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import type { FindZone } from '../dns/find-zone.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { CaaProperty } from '../dns/rules/caa-property.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import type { LookAt } from '../dns/standing.ts';
import { findCaa } from './find-caa.ts';
import { type CaaPlace, caaPlaces, type ReadRecords } from './own-caa.ts';
import { stillRefused } from './rules/after-edits.ts';
import { formatCaa } from './rules/caa.ts';
import { type CaaFound, type CaaPlan, type CaaRecord, type CaaWish, planCaa } from './rules/caa-plan.ts';

const CAA_TTL_SECONDS = 300;

/** How our hosted zones are looked at. */
export interface CaaZones {
  findZone: FindZone;
  /** All records of a hosted zone. */
  readRecords: ReadRecords;
  lookAt: LookAt;
}

export interface CaaDecision {
  /** The sets by which it was decided. */
  seen: CaaFound[];
  /** Only what we may change. */
  plan: CaaPlan;
  /** Its edits, each with its hosted zone. */
  placed: PlacedEdit[];
}

export interface CaaDeps {
  resolver: Resolver;
  stack: Stack;
}

type PlaceOf = (at: string) => Promise<CaaPlace | undefined>;

/** What to change in CAA for the names of a certificate, from the public DNS and from our zones, which are more current. */
export async function decideCaa(
  deps: CaaDeps,
  { names, wish, recorded }: { names: readonly string[]; wish: CaaWish; recorded: readonly CaaRecord[] },
  { findZone, readRecords, lookAt }: CaaZones,
): Promise<CaaDecision> {
  const found = await findCaa(deps.resolver, names, lookAt);
  const placeOf = caaPlaces(deps, { findZone, readRecords });
  const seen = await withOwnSets(found, planCaa(found, wish, recorded), placeOf);
  const asked = planCaa(seen, wish, recorded);
  const hiding: { name: string; wildcard: string }[] = [];
  const edits: CaaPlan['edits'] = [];
  const placed: PlacedEdit[] = [];
  for (const planned of asked.edits) {
    const { at, add, remove } = planned;
    const place = await placeOf(at);
    const isShown = seen.some(({ set }) => set?.at === at);
    if (!place || (isShown && place.values.length === 0)) continue;
    const { zone, values, wildcard } = place;
    if (wildcard !== undefined) {
      hiding.push({ name: at, wildcard });
      continue;
    }
    edits.push(planned);
    const edit = { name: at, type: 'CAA', add, remove, ttl: CAA_TTL_SECONDS } as const;
    placed.push({ ...zone, edit: { ...edit, decidedBy: values } });
  }
  const refused = stillRefused(seen, wish, edits);
  const plan = { edits, notPossible: asked.notPossible };
  return {
    seen,
    plan: { ...plan, ...(refused.length > 0 && { refused }), ...(hiding.length > 0 && { hiding }) },
    placed,
  };
}

/** The sets as our zones have them too, where they are to be changed: what a resolver says may be old, or a wildcard's. */
function withOwnSets(found: readonly CaaFound[], { edits }: CaaPlan, placeOf: PlaceOf): Promise<CaaFound[]> {
  return Promise.all(
    found.map(async (one) => {
      const at = one.set?.at ?? identifierOf(one.name);
      const isToChange = edits.some((edit) => edit.at === at);
      const place = isToChange ? await placeOf(at) : undefined;
      if (!place) return one;
      const shown = one.set?.properties ?? [];
      // There is none where our zone has anything at the name.
      const owner = (shown.length > 0 ? place.wildcard : undefined) ?? at;
      const held = (await placeOf(owner))?.properties ?? [];
      if (shown.length + held.length === 0) return one;
      const isShown = (property: CaaProperty) => shown.map(formatCaa).includes(formatCaa(property));
      return { ...one, set: { at: owner, properties: [...shown, ...held.filter((one) => !isShown(one))] } };
    }),
  );
}

import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import type { CaaIssuer } from '../dns/rules/issuer.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import { type CaaDeps, type CaaZones, decideCaa } from './decide-caa.ts';
import { findCaa } from './find-caa.ts';
import { type CaaRequest, lineToSet } from './rules/add-to-caa.ts';
import { setAfter } from './rules/after-edits.ts';
import { judgeCaa } from './rules/caa.ts';
import { type CaaEdit, type CaaFound, type CaaPlan, wishOf } from './rules/caa-plan.ts';

interface Warn {
  warn: (message: string) => void;
}

interface Context extends CaaZones {
  issuers: readonly [CaaIssuer, ...CaaIssuer[]];
}

/**
 * The CAA changes that the certificate's mode asks for, for its CA and those it falls back to. Throws {@link InputError} where
 * CAA forbids its CA and we may not change that.
 */
export async function placeCaa(
  deps: CaaDeps & Warn,
  { wanted, live }: { wanted: Wanted; live: { pointer: LivePointer } | undefined },
  { issuers, ...zones }: Context,
): Promise<PlacedEdit[]> {
  const { mode } = wanted.caa;
  if (mode === 'off') return [];
  const wish = wishOf(wanted, issuers, deps.stack);
  const request = { asker: { ...issuers[0], method: wish.method }, restrict: wish.restrict };
  if (mode === 'check') {
    requireAllowed(await findCaa(deps.resolver, wanted.names, zones.lookAt), request, []);
    return [];
  }
  const recorded = live?.pointer.caa ?? [];
  const { seen, plan, placed } = await decideCaa(deps, { names: wanted.names, wish, recorded }, zones);
  requireAllowed(seen, request, plan.edits);
  warnOf(deps, plan);
  return placed;
}

function warnOf({ warn }: Warn, { notPossible, hiding = [], refused = [] }: CaaPlan): void {
  for (const { name, wildcard } of hiding)
    warn(`caa-not-possible-at-wildcard: ${name} is answered by ${wildcard}, which a CAA there would hide`);
  for (const name of notPossible)
    warn(`caa-not-possible-at-cname: ${name} is a CNAME and gets no CAA of its own`);
  // Of those that it falls back to: for its own CA the order has been stopped.
  for (const { identity, name, remedy } of refused)
    warn(`caa-left-as-it-is: ${identity} may not issue for ${name}: ${remedy}`);
}

/** Stops an order that the CA would refuse, by the sets as they will be. */
function requireAllowed(
  found: readonly CaaFound[],
  request: CaaRequest,
  edits: readonly Pick<CaaEdit, 'at' | 'add' | 'remove'>[],
): void {
  const { identity } = request.asker;
  for (const { name, set } of found) {
    const verdict = judgeCaa(name, set && setAfter(set, edits), request.asker);
    if (verdict.allowed || !set) continue;
    throw new InputError(verdict.reason, {
      seen: `${name}: CAA (${verdict.because}) does not let ${identity} issue`,
      remedy: lineToSet(set, name, request),
    });
  }
}

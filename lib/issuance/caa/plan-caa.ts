import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import type { CaaIssuer } from '../ca/rules/ca-list.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import type { Resolver } from '../dns/resolver.ts';
import { findCaa } from './find-caa.ts';
import { type CaaPlan, planCaa, wishOf } from './rules/caa-plan.ts';

export interface CaaDeps {
  resolver: Resolver;
  /** A CA's identity in CAA; `undefined` when it names none, or cannot be asked now. */
  caaIdentity: (directoryUrl: string) => Promise<string | undefined>;
  stack: Stack;
}

/** What would have to change in CAA for a certificate; `undefined` when nothing would, or nothing may. */
export async function assessCaa(
  deps: CaaDeps,
  wanted: Wanted,
  live: LivePointer | undefined,
): Promise<CaaPlan | undefined> {
  if (wanted.caa.mode !== 'manage') return undefined;
  const issuers = live?.caaIssuer
    ? [live.caaIssuer, ...(live.caaFallbacks ?? [])]
    : await issuersOf(deps, wanted);
  if (issuers.length === 0) return undefined;
  const plan = planCaa(
    await findCaa(deps.resolver, wanted.names),
    wishOf(wanted, issuers, deps.stack),
    live?.caa ?? [],
  );
  return plan.edits.length + plan.notPossible.length > 0 ? plan : undefined;
}

async function issuersOf({ caaIdentity, stack }: CaaDeps, wanted: Wanted): Promise<CaaIssuer[]> {
  const identities = await Promise.all(casOf(wanted, stack).map(caaIdentity));
  return identities.flatMap((identity) => (identity === undefined ? [] : { identity }));
}

import { judgeCaa, missingCaa, type RelevantSet } from '../../core/caa.ts';
import { challengeName, identifierOf, isAtOrBelow, selfAndAncestors } from '../../core/domain-name.ts';
import { InputError } from '../../core/input-error.ts';
import type { StackLimits } from '../../core/renewal-file.ts';
import type { Resolver } from '../../ports/resolver.ts';
import type { FindZone } from '../find-zone.ts';
import type { Checked, Claimed, PlacedEdit, RenewDeps, RenewRun } from './context.ts';

const MAX_CNAMES = 8;
const CAA_TTL_SECONDS = 300;

/** Finds where each proof belongs and whether CAA lets our CA issue, before the CA is asked for anything. */
export async function preCheck(run: RenewRun, renewal: Claimed, findZone: FindZone): Promise<Checked> {
  const identifiers = [...new Set(renewal.wanted.names.map(identifierOf))];
  const targets = await Promise.all(
    identifiers.map(
      async (identifier) => [identifier, await challengeTarget(run.deps, identifier, findZone)] as const,
    ),
  );
  return { ...renewal, challengeTargets: new Map(targets), caaEdits: await planCaa(run, renewal, findZone) };
}

/** Where the proof of an identifier is written: its challenge name, or the end of that name's CNAMEs. */
async function challengeTarget({ resolver, stack }: RenewDeps, identifier: string, findZone: FindZone) {
  const start = challengeName(identifier);
  let name = start;
  for (let step = 0; step <= MAX_CNAMES; step += 1) {
    const target = await resolver.cname(name);
    if (target === undefined) {
      if (name !== start) requireWritable(start, name, stack);
      const zone = await findZone(name);
      return { zoneId: zone.id, zoneName: zone.name, name };
    }
    name = target;
  }
  throw new InputError(
    'challenge-cname-loop',
    `${start} leads through over ${MAX_CNAMES} CNAMEs (last ${name}); let it point to one name in a hosted zone of this account`,
  );
}

/** What may be written is fixed at deploy time, because the role's policy is. */
function requireWritable(start: string, target: string, { domains, challengeTargets }: StackLimits): void {
  const isChallengeName =
    target.startsWith('_acme-challenge.') && domains.some((domain) => isAtOrBelow(target, domain));
  if (isChallengeName || challengeTargets.includes(target)) return;
  throw new InputError(
    'outside-challenge-targets',
    `${start} is a CNAME to ${target}, where this stack may not write; add "${target}" to params.challengeTargets in serverless.yml and deploy`,
  );
}

async function planCaa(
  { deps, authority }: RenewRun,
  { wanted }: Claimed,
  findZone: FindZone,
): Promise<PlacedEdit[]> {
  const caIdentity = await authority.caaIdentity();
  if (wanted.caa.mode === 'off' || caIdentity === undefined) return [];
  const names = await Promise.all(
    wanted.names.map(async (name) => ({ name, set: await relevantSet(deps.resolver, identifierOf(name)) })),
  );
  if (wanted.caa.mode === 'manage') {
    const missing = await possible(
      deps.resolver,
      missingCaa(names, { caIdentity, alsoAllow: deps.stack.alsoAllow }),
    );
    const placed = await Promise.all(
      [...missing].map(async ([at, add]) => ({ at, add, zone: await findZone(at).catch(() => undefined) })),
    );
    const ours = placed.filter(
      ({ at, zone }) => zone && deps.stack.domains.some((domain) => isAtOrBelow(at, domain)),
    );
    if (ours.length === placed.length && !names.some(({ name, set }) => isHopeless(name, set, caIdentity))) {
      return ours.flatMap(({ at, add, zone }) =>
        zone
          ? [
              {
                zoneId: zone.id,
                zoneName: zone.name,
                edit: { name: at, type: 'CAA' as const, add, remove: [], ttl: CAA_TTL_SECONDS },
              },
            ]
          : [],
      );
    }
  }
  for (const { name, set } of names) {
    const verdict = judgeCaa(name, set, caIdentity);
    if (!verdict.allowed)
      throw new InputError(
        verdict.reason,
        `${name}: CAA (${verdict.because}) does not let ${caIdentity} issue; ${remedyFor(verdict, caIdentity)}`,
      );
  }
  return [];
}

/** Nothing that we add beside an unknown critical property lets a CA issue (RFC 8659, 4.5). */
function isHopeless(name: string, set: RelevantSet | undefined, caIdentity: string): boolean {
  const verdict = judgeCaa(name, set, caIdentity);
  return !verdict.allowed && verdict.reason === 'caa-unknown-critical';
}

function remedyFor(verdict: { reason: string }, caIdentity: string): string {
  return verdict.reason === 'caa-unknown-critical'
    ? 'no CA may pass over a critical property it does not know; remove it'
    : `add 0 issue "${caIdentity}" there`;
}

/** A name that is a CNAME can hold no CAA of its own (RFC 1034, 3.6.2). */
async function possible(
  resolver: Resolver,
  missing: ReadonlyMap<string, string[]>,
): Promise<Map<string, string[]>> {
  const kept = await Promise.all(
    [...missing].map(async (entry) => ((await resolver.cname(entry[0])) === undefined ? [entry] : [])),
  );
  return new Map(kept.flat());
}

/** RFC 8659, 3: the closest non-empty set on the climb from the name. */
async function relevantSet(resolver: Resolver, name: string): Promise<RelevantSet | undefined> {
  for (const at of selfAndAncestors(name)) {
    const properties = await resolver.caa(at);
    if (properties.length > 0) return { at, properties };
  }
  return undefined;
}

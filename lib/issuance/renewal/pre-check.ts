import { challengeName, identifierOf } from '../../foundation/certificate/domain-name.ts';
import { placeCaa } from '../caa/place-caa.ts';
import { challengeTarget } from '../dns/challenge-target.ts';
import type { FindZone } from '../dns/find-zone.ts';
import { DnsError } from '../dns/resolver.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { FindIssuers } from './find-issuers.ts';
import type { BatchDeps, Checked, Claimed, RenewRun } from './phases.ts';
import { requirePersistRecords } from './require-persist-records.ts';

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
  if (persistent) await requirePersistRecords(run.deps, { names, issuer });
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

import { challengeName } from '../../foundation/certificate/domain-name.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { once } from '../../foundation/common/once.ts';
import { isPersistent, persistName } from '../../issuance/dns/rules/persist-record.ts';
import type { ValidatingResolver } from '../../issuance/dns/validating-resolver.ts';
import { answerOf } from './read-dns.ts';
import { zoneOf } from './rules/check-zones.ts';
import type { DnssecFacts, IdentifierFacts } from './rules/facts.ts';
import { foundOr } from './rules/finding.ts';

/**
 * Has what a CA will look up validated: the TXT of the proof, which is absent now as a rule, so that the proof of absence
 * counts too, and the CAA of each name. Asks each question once for all certificates.
 */
export function dnssecReader(resolver: ValidatingResolver) {
  const txt = once((name: string) => answerOf(resolver.validate(name, 'TXT')));
  const caa = once((name: string) => answerOf(resolver.validate(name, 'CAA')));
  const hasKeys = once((zone: string) => answerOf(resolver.hasKeys(zone)));
  return async (wanted: Wanted, identifiers: readonly IdentifierFacts[]): Promise<DnssecFacts> => {
    const proofName = isPersistent(wanted) ? persistName : challengeName;
    const sets = await Promise.all(
      identifiers.flatMap(({ identifier }) => {
        const proof = proofName(identifier);
        return [
          txt(proof).then((validation) => ({ name: proof, type: 'TXT' as const, validation })),
          caa(identifier).then((validation) => ({ name: identifier, type: 'CAA' as const, validation })),
        ];
      }),
    );
    const isUnsigned = sets.every(({ validation }) => foundOr(validation, undefined)?.status === 'insecure');
    const zones = isUnsigned ? new Set(identifiers.flatMap(({ start }) => zoneNameOf(start))) : [];
    return {
      resolver: resolver.address,
      sets,
      zones: await Promise.all([...zones].map(async (zone) => ({ zone, signed: await hasKeys(zone) }))),
    };
  };
}

function zoneNameOf(place: IdentifierFacts['start']): string[] {
  const zone = zoneOf(place);
  return 'found' in zone ? [zone.found.zone.name] : [];
}

import type { DnssecFacts } from './facts.ts';
import { failing, foundOr, ok, type Result, unseen, warning } from './finding.ts';

const MEND =
  'mend the signing of the zone, or take its DS out of the zone above until it is mended: CAs validate DNSSEC and refuse what is bogus';
const HALF =
  'have the registrar put the DS of its key-signing key into the zone above, or stop signing the zone';

/**
 * What a CA will ask for validates, or is not signed at all: since March 2026 CAs have to validate DNSSEC from its root down
 * (CA/Browser Forum, ballot SC-085v2). What got no answer either way is no matter of DNSSEC; other checks say it.
 */
export function checkDnssec({ resolver, sets, zones }: DnssecFacts): Result[] {
  const bogus = sets.flatMap(({ name, type, validation }) => {
    const found = foundOr(validation, undefined);
    if (found?.status !== 'bogus') return [];
    const why = found.why === undefined ? '' : ` (it says: ${found.why})`;
    const seen = `the validating resolver ${resolver} refuses the ${type} of ${name} as bogus${why}`;
    return [failing('dnssec', seen, MEND)];
  });
  const half = zones.flatMap(({ zone, signed }) => {
    const seen = `${zone} is signed, and the zone above has no DS for it, so nobody validates it`;
    return foundOr(signed, false) ? [warning('dnssec', seen, HALF)] : [];
  });
  // They fail together: one resolver is asked for all.
  const [trouble] = sets.flatMap(({ validation }) => ('trouble' in validation ? validation.trouble : []));
  const troubles = [...bogus, ...half, ...(trouble ? [unseen('dnssec', trouble)] : [])];
  if (troubles.length > 0) return troubles;
  const seen = new Set(sets.map(({ validation }) => foundOr(validation, undefined)?.status));
  if (seen.has('secure')) return [ok('dnssec', 'signed, and validates')];
  return seen.has('insecure') ? [ok('dnssec', 'not signed, which CAs take')] : [];
}

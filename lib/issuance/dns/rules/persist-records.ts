import { identifierOf, isWildcard } from '../../../foundation/certificate/domain-name.ts';
import type { FoundRecord } from './hosted-zones.ts';
import type { AccountIssuer } from './issuer.ts';
import { complaintAboutPersist, persistName, persistValue } from './persist-record.ts';

/** The persist record that a name needs: its name, and the TXT value that lets our account at the CA issue. */
export interface PersistRecord {
  name: string;
  value: string;
  /** Why no value there does so yet. */
  complaint?: string;
}

/** What stands where a persist record belongs. */
export interface StandingTxt {
  values: readonly string[];
  /** Where a CNAME there leads: the TXT belongs to its end. */
  alias?: string | undefined;
}

/** The TXT values at a name: of our zone where it is known what that `holds` there, never a wildcard's; else as the DNS shows. */
export function standingTxt(
  shown: readonly string[],
  holds: readonly FoundRecord[] | undefined,
): StandingTxt {
  if (!holds) return { values: shown };
  const alias = holds.find(({ type }) => type === 'CNAME');
  if (alias) return { values: shown, alias: alias.values[0]?.replace(/\.$/, '') ?? 'another name' };
  return { values: holds.filter(({ type }) => type === 'TXT').flatMap(({ values }) => values.map(textOf)) };
}

/** The text of `"one" "two"`: character-strings belong together (RFC 7208, 3.3), and Route 53 escapes quotes. */
function textOf(value: string): string {
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
  return strings.join('').replace(/\\(["\\])/g, '$1');
}

export function judgePersistRecord(
  identifier: string,
  { values, alias }: StandingTxt,
  { names, issuer, now }: { names: readonly string[]; issuer: AccountIssuer; now: Date },
): PersistRecord {
  const wildcard = names.some((name) => isWildcard(name) && identifierOf(name) === identifier);
  const wish = { ...issuer, identifier, wildcard };
  const lacks = complaintAboutPersist(values, wish, now);
  const complaint =
    lacks && (alias === undefined ? lacks : `${lacks}, and it is a CNAME to ${alias}, whose TXT counts`);
  return {
    name: persistName(identifier),
    value: persistValue(wish),
    ...(complaint !== undefined && { complaint }),
  };
}

/** What is still missing in the DNS; `undefined` for a valid record. */
export function missingRecord({ name, value, complaint }: PersistRecord): string | undefined {
  return complaint && `${name}: ${complaint}; put this TXT there: "${value}"`;
}

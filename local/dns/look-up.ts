import { isWithin, type RecordSet, type RecordSets } from '../route53/record-set.ts';

/** What one zone says to a question. */
export type ZoneAnswer =
  | { kind: 'records'; recordSets: RecordSet[] }
  | { kind: 'cname'; recordSet: RecordSet }
  /** The name is, or is below, a name that this zone delegates to others. */
  | { kind: 'referral'; recordSet: RecordSet }
  | { kind: 'no-data' }
  | { kind: 'no-name' };

/** Looks a name and type up in a zone that the name belongs to (RFC 1034, 4.3.2; wildcards as in RFC 4592). */
export function lookUp(
  recordSets: RecordSets,
  zoneName: string,
  question: { name: string; type: string },
): ZoneAnswer {
  const { name, type } = question;
  const all = [...recordSets.values()];
  const cut = all.find((set) => set.type === 'NS' && set.name !== zoneName && isWithin(name, set.name));
  if (cut) return { kind: 'referral', recordSet: cut };

  const here = all.filter((set) => set.name === name);
  if (here.length > 0) return answerFrom(here, type);
  // A name with something below it exists, and hides the wildcard.
  if (name === zoneName || all.some((set) => isWithin(set.name, name))) return { kind: 'no-data' };
  const above = closestWildcard(all, name);
  const wildcard = all.filter((set) => set.name === above);
  return wildcard.length > 0 ? answerFrom(wildcard, type) : { kind: 'no-name' };
}

function answerFrom(here: RecordSet[], type: string): ZoneAnswer {
  const recordSets = here.filter((set) => set.type === type);
  if (recordSets.length > 0) return { kind: 'records', recordSets };
  const cname = here.find((set) => set.type === 'CNAME');
  return cname ? { kind: 'cname', recordSet: cname } : { kind: 'no-data' };
}

/** `*` below the closest name above that exists, whether or not there is such a record. */
function closestWildcard(all: RecordSet[], name: string): string {
  let above = parentOf(name);
  while (above !== '.' && !all.some((set) => isWithin(set.name, above))) above = parentOf(above);
  return `\\052.${above}`;
}

function parentOf(name: string): string {
  return name.slice(name.indexOf('.') + 1) || '.';
}

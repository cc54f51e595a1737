import { identifierOf } from '../../../foundation/certificate/domain-name.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { CaaIssuer } from '../../dns/rules/issuer.ts';
import { methodOf } from '../../dns/rules/persist-record.ts';
import { additionTo, issueValue, lineToSet } from './add-to-caa.ts';
import { formatCaa, parseCaa, type RelevantSet } from './caa.ts';
import { parseIssueValue } from './issue-value.ts';

/** What a certificate wants in CAA; issuers are its CA and those it falls back to. */
export interface CaaWish {
  issuers: readonly CaaIssuer[];
  /** Whether values bind the CA to our account and to DNS-01 (RFC 8657). */
  restrict: boolean;
  /** How names are proved; dns-01 when absent. */
  method?: string | undefined;
  alsoAllow: readonly string[];
  iodef?: string | undefined;
}

/** What a renewal file and the stack ask for, with these CAs. */
export function wishOf(
  { caa, challenge }: Pick<Wanted, 'caa' | 'challenge'>,
  issuers: readonly CaaIssuer[],
  stack: { alsoAllow: readonly string[] },
): CaaWish {
  const { restrict, alsoAllow = stack.alsoAllow, iodef } = caa;
  return { issuers, restrict, method: methodOf({ challenge }), alsoAllow, iodef };
}

/** The relevant set of a name, and whether the name is itself an alias, which can hold no CAA. */
export interface CaaFound {
  name: string;
  set: RelevantSet | undefined;
  isAlias: boolean;
}

/** Values that we added to the set at a name; other values are never touched. */
export interface CaaRecord {
  name: string;
  values: readonly string[];
}

export interface CaaEdit {
  at: string;
  add: string[];
  remove: string[];
  /** The certificate's names that the set governs. */
  governs: string[];
  /** Whether there was no set before: it shuts out every CA that it does not name. */
  isNew?: boolean;
}

/** A set that keeps a CA out, and that we do not add to. */
export interface CaaRefusal {
  name: string;
  identity: string;
  /** Why, and what a person may set there. */
  remedy: string;
}

export interface CaaPlan {
  edits: CaaEdit[];
  /** What only a person may change; absent for nothing. */
  refused?: CaaRefusal[];
  /** Names that get no set of their own, because they are CNAMEs (RFC 1034, 3.6.2). */
  notPossible: string[];
  /** Names that get none because it would hide the wildcard that answers for them; absent for none. */
  hiding?: { name: string; wildcard: string }[];
}

/**
 * What to change so that the issuers may issue. Values are only added to an existing set, which is never shadowed by a closer
 * one, nor made looser than it is ({@link additionTo}); `issuewild` only where the set has `issuewild` values. Without a set,
 * one is made at the name itself, never above it. Only recorded values of ours are removed, where they bind an issuer to what
 * is outdated, such as a former account.
 */
export function planCaa(found: readonly CaaFound[], wish: CaaWish, recorded: readonly CaaRecord[]): CaaPlan {
  const edits = new Map<string, CaaEdit>();
  const notPossible: string[] = [];
  const refused: CaaRefusal[] = [];
  for (const { name, set, isAlias } of found) {
    const wanted = set ? missingIn(set, name, { wish, refused }) : newSet(wish);
    if (wanted.length === 0) continue;
    if (!set && isAlias) {
      notPossible.push(name);
      continue;
    }
    const at = set?.at ?? identifierOf(name);
    const { add = [], remove = [], governs = [] }: Partial<CaaEdit> = edits.get(at) ?? {};
    edits.set(at, {
      at,
      add: [...new Set([...add, ...wanted])],
      remove: [...new Set([...remove, ...outdated(at, wanted, recorded)])],
      governs: [...governs, name],
      ...(!set && { isNew: true }),
    });
  }
  return { edits: [...edits.values()], notPossible, ...(refused.length > 0 && { refused }) };
}

function newSet({ alsoAllow, iodef, restrict, method, issuers }: CaaWish): string[] {
  const ours = issuers.map((issuer) => issueValue('issue', { ...issuer, method }, { bound: restrict }));
  const others = alsoAllow.map((value) => formatCaa({ flags: 0, tag: 'issue', value }));
  return [...ours, ...others, ...(iodef ? [formatCaa({ flags: 0, tag: 'iodef', value: iodef })] : [])];
}

function missingIn(
  set: RelevantSet,
  name: string,
  { wish, refused }: { wish: CaaWish; refused: CaaRefusal[] },
): string[] {
  const { issuers, method, restrict } = wish;
  return issuers.flatMap((issuer) => {
    const request = { asker: { ...issuer, method }, restrict };
    const addition = additionTo(set, name, request);
    if (!addition) return [];
    if ('value' in addition) return [addition.value];
    refused.push({ name, identity: issuer.identity, remedy: lineToSet(set, name, request) });
    return [];
  });
}

/** Recorded values at a name that a wanted value replaces: same property, same issuer. */
function outdated(at: string, wanted: readonly string[], recorded: readonly CaaRecord[]): string[] {
  const ours = recorded.filter(({ name }) => name === at).flatMap(({ values }) => values);
  const subjects = wanted.map(subjectOf);
  return ours.filter((value) => !wanted.includes(value) && subjects.includes(subjectOf(value)));
}

/** `issue letsencrypt.org` of `0 issue "letsencrypt.org; validationmethods=dns-01"`. */
function subjectOf(text: string): string {
  const { tag, value } = parseCaa(text);
  return `${tag} ${parseIssueValue(value).issuer}`;
}

/** The certificate's recorded values after an edit. */
export function recordedAfter(
  recorded: readonly CaaRecord[],
  edits: readonly Pick<CaaEdit, 'at' | 'add' | 'remove'>[],
): CaaRecord[] {
  const values = new Map(recorded.map((record) => [record.name, record.values]));
  for (const { at, add, remove } of edits) {
    const kept = (values.get(at) ?? []).filter((value) => !remove.includes(value));
    values.set(at, [...new Set([...kept, ...add])]);
  }
  return [...values].flatMap(([name, left]) => (left.length > 0 ? { name, values: left } : []));
}

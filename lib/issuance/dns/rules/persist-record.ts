import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { CaaIssuer } from '../../ca/rules/ca-list.ts';

export const isPersistent = ({ challenge }: Pick<Wanted, 'challenge'>) => challenge === 'dns-persist-01';

/** How the names are proved, as `validationmethods` in CAA has it (RFC 8657, 4). */
export const methodOf = (wanted: Pick<Wanted, 'challenge'>) =>
  isPersistent(wanted) ? 'dns-persist-01' : 'dns-01';

/** Whether a renewal may change the DNS, and so needs the hosted zones of the names. */
export const writesDns = (wanted: Pick<Wanted, 'challenge' | 'caa'>) =>
  !isPersistent(wanted) || wanted.caa.mode === 'manage';

/** Who may issue by a persist record, and whether for wildcards (draft-ietf-acme-dns-persist). */
export interface PersistWish extends AccountIssuer {
  wildcard: boolean;
}

/** The CA by its issuer domain name, as in CAA, and the address of our account there. */
export type AccountIssuer = CaaIssuer & { accountUri: string };

/** The name of an identifier's persist record. */
export const persistName = (identifier: string) => `_validation-persist.${identifier}`;

/** Its TXT value, which a person puts there once. */
export function persistValue({ identity, accountUri, wildcard }: PersistWish): string {
  return `${identity}; accounturi=${accountUri}${wildcard ? '; policy=wildcard' : ''}`;
}

/** Why no TXT value at the name lets the CA issue, by the first that is for it; `undefined` when one does. */
export function complaintAboutPersist(
  values: readonly string[],
  wish: PersistWish,
  now: Date,
): string | undefined {
  const complaints = values.flatMap((value) => {
    const [issuer = '', ...parameters] = value.split(';').map((part) => part.trim());
    return issuer === wish.identity ? [complaintAbout(parameters, wish, now)] : [];
  });
  if (complaints.includes(undefined)) return undefined;
  return (
    complaints[0] ?? (values.length === 0 ? 'nothing stands there' : `no value there is for ${wish.identity}`)
  );
}

function complaintAbout(parameters: readonly string[], wish: PersistWish, now: Date): string | undefined {
  const known = new Map<string, string>();
  for (const parameter of parameters) {
    const [, tag = '', value = ''] = /^([^\s=]+)[ \t]*=[ \t]*([\x21-\x3a\x3c-\x7e]*)$/.exec(parameter) ?? [];
    if (tag === '' || known.has(tag.toLowerCase()))
      return 'the value there has a parameter that cannot be read, or one twice';
    known.set(tag.toLowerCase(), value);
  }
  if (known.get('accounturi') !== wish.accountUri) return 'the value there is for another account';
  if (wish.wildcard && known.get('policy')?.toLowerCase() !== 'wildcard')
    return 'the value there lacks policy=wildcard';
  const until = known.get('persistuntil');
  if (until === undefined) return undefined;
  if (!/^\d{1,12}$/.test(until)) return 'persistUntil there is no time in seconds';
  return Number(until) * 1000 < now.getTime() ? 'persistUntil there is past' : undefined;
}

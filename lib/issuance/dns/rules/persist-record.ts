import { createHash } from 'node:crypto';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { AccountIssuer } from './issuer.ts';

export const isPersistent = ({ challenge }: Pick<Wanted, 'challenge'>) => challenge === 'dns-persist-01';

/** How the names are proved, as `validationmethods` in CAA has it (RFC 8657, 4). */
export const methodOf = (wanted: Pick<Wanted, 'challenge'>) =>
  isPersistent(wanted) ? 'dns-persist-01' : 'dns-01';

/** Whether a renewal may change the DNS, and so needs the hosted zones of the names. */
export const writesDns = (wanted: Pick<Wanted, 'challenge' | 'caa'>) =>
  !isPersistent(wanted) || wanted.caa.mode === 'manage';

/** Who may issue by the persist record of a name, and whether for wildcards (draft-ietf-acme-dns-persist). */
export interface PersistWish extends AccountIssuer {
  identifier: string;
  wildcard: boolean;
}

/**
 * How a record names our account: by its address in draft 01; in draft 02 (4.1) by a hash of the length of the domain, the
 * domain, the key's thumbprint and the address. With `*` for the domain the record may stand at any name.
 */
function accountIn({ accountUri, hash }: AccountIssuer, domain: string): string {
  if (!hash) return accountUri;
  const parts = Buffer.from(`${domain}${hash.thumbprint}${accountUri}`, 'ascii');
  const digest = createHash('sha256')
    .update(Buffer.from([domain.length]))
    .update(parts)
    .digest('base64url');
  return `${hash.prefix}sha-256/${digest}`;
}

/** The name of an identifier's persist record. */
export const persistName = (identifier: string) => `_validation-persist.${identifier}`;

/** Its TXT value, which a person puts there once. */
export function persistValue(wish: PersistWish): string {
  const { identity, identifier, wildcard } = wish;
  return `${identity}; accounturi=${accountIn(wish, identifier)}${wildcard ? '; policy=wildcard' : ''}`;
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
  const ours = [wish.identifier, '*'].map((domain) => accountIn(wish, domain));
  if (!ours.includes(known.get('accounturi') ?? ''))
    return `the value there is for another account${wish.hash ? ', or for an earlier key of it' : ''}`;
  if (wish.wildcard && known.get('policy')?.toLowerCase() !== 'wildcard')
    return 'the value there lacks policy=wildcard';
  const until = known.get('persistuntil');
  if (until === undefined) return undefined;
  if (!/^\d{1,12}$/.test(until)) return 'persistUntil there is no time in seconds';
  return Number(until) * 1000 < now.getTime() ? 'persistUntil there is past' : undefined;
}

import * as z from 'zod/mini';
import { complaintAboutName } from '../../foundation/certificate/complaint-about-name.ts';
import { isWildcard } from '../../foundation/certificate/domain-name.ts';
import { printable } from '../../foundation/common/explain-issues.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import type { StandingTerms } from '../../issuance/ca/rules/standing-terms.ts';
import type { CaaIssuer } from '../../issuance/dns/rules/issuer.ts';
import { AcmeTransport } from './transport.ts';

const TIMEOUT_MS = 5_000;
/** More names than any CA has. */
const MOST_NAMES = 20;

/** What is read of RFC 8555, 7.1.1; without the rest certificates are issued all the same. */
const Directory = z.looseObject({
  newOrder: z.string(),
  /** RFC 9773, 4. */
  renewalInfo: z.catch(z.optional(z.string().check(z.regex(/^https:\/\//))), undefined),
});

/** Throws {@link AcmeError} for an answer that is no directory, such as the page of a CA that is down. */
export function requireDirectory(data: unknown, url: string): z.infer<typeof Directory> {
  const directory = Directory.safeParse(data);
  if (directory.success) return directory.data;
  throw new AcmeError('ca-answer-malformed', `${url} answers, but not as an ACME directory`);
}

/** A CA's names in CAA, where its renewal information is, its profiles. Throws {@link AcmeError}. */
export async function readDirectory(url: string, { timeoutMs } = { timeoutMs: TIMEOUT_MS }) {
  const { data } = await new AcmeTransport({ timeoutMs }).request(url, 'get');
  const { meta, renewalInfo } = requireDirectory(data, url);
  const { identity, alsoNamed } = caaNames(meta, url) ?? {};
  return {
    caaIdentity: identity,
    alsoNamed,
    renewalInfo: renewalInfo?.replace(/\/$/, ''),
    profiles: Object.keys(Object(Object(meta).profiles)),
    standing: standingTerms(meta),
  };
}

/** What a directory's `meta` says for CAA; `undefined` for nothing. Throws {@link AcmeError} for what is no name. */
export function caaNames(meta: unknown, url: string): Pick<CaaIssuer, 'identity' | 'alsoNamed'> | undefined {
  const { caaIdentities } = z.looseObject({}).safeParse(meta).data ?? {};
  const named = z.array(z.string()).safeParse(caaIdentities).data ?? [];
  const [identity, ...others] = named.map((name) => name.toLowerCase());
  if (identity === undefined) return undefined;
  // It goes into CAA sets (RFC 8659, 4.2): a value with parameters would say more than the CA's name.
  if (!isCaaName(identity))
    throw new AcmeError(
      'ca-answer-malformed',
      `${url} gives "${printable(identity)}" as the CA's name in CAA, which is no domain name`,
    );
  const alsoNamed = others.filter((name) => name !== identity && isCaaName(name)).slice(0, MOST_NAMES);
  return { identity, ...(alsoNamed.length > 0 && { alsoNamed }) };
}

const isCaaName = (name: string) => !isWildcard(name) && complaintAboutName(name) === undefined;

const IssuerDomainNames = z
  .array(z.string().check(z.regex(/^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/)))
  .check(z.minLength(1), z.maxLength(10));
const AccountHashPrefix = z.string().check(z.regex(/^https:\/\/[!-:<-~]{1,500}$/));

/** What a directory's `meta` says for standing records; what breaks the draft's rules counts as not said (02, 3.2). */
export function standingTerms(meta: unknown): StandingTerms {
  const { issuerDomainNames, accountHashPrefix } = z.looseObject({}).safeParse(meta).data ?? {};
  return {
    issuer: IssuerDomainNames.safeParse(issuerDomainNames).data?.[0],
    accountHashPrefix: AccountHashPrefix.safeParse(accountHashPrefix).data,
  };
}

/** Asks CAs for their terms of standing records; `onTrouble` hears why one could not be asked, and it is asked no further. */
export function standingTermsReader(
  onTrouble: (error: unknown) => void,
): (directoryUrl: string) => Promise<StandingTerms> {
  return async (directoryUrl) => {
    try {
      return (await readDirectory(directoryUrl)).standing;
    } catch (error) {
      onTrouble(error);
      return {};
    }
  };
}

/** Asks CAs for their names in CAA. The stack's is the fallback; `onTrouble` hears why a CA could not be asked. */
export function caaIssuerReader(
  { caaIdentity: fallback }: { caaIdentity: string | undefined },
  onTrouble: (error: unknown) => void,
): (directoryUrl: string) => Promise<CaaIssuer | undefined> {
  const ofStack = fallback === undefined ? undefined : { identity: fallback };
  return async (directoryUrl) => {
    try {
      const { caaIdentity: identity, alsoNamed } = await readDirectory(directoryUrl);
      return identity === undefined ? ofStack : { identity, ...(alsoNamed && { alsoNamed }) };
    } catch (error) {
      onTrouble(error);
      return ofStack;
    }
  };
}

import * as z from 'zod/mini';
import { complaintAboutName } from '../../foundation/certificate/complaint-about-name.ts';
import { isWildcard } from '../../foundation/certificate/domain-name.ts';
import { printable } from '../../foundation/common/explain-issues.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import type { StandingTerms } from '../../issuance/ca/rules/standing-terms.ts';
import { AcmeTransport } from './transport.ts';

const TIMEOUT_MS = 5_000;

/** What is read of RFC 8555, 7.1.1. */
const Directory = z.object({
  newOrder: z.string(),
  /** RFC 9773, 4. */
  renewalInfo: z.optional(z.string().check(z.regex(/^https:\/\//))),
  meta: z.optional(
    z.object({
      caaIdentities: z.optional(z.array(z.string())),
      profiles: z.optional(z.record(z.string(), z.unknown())),
    }),
  ),
});

/** Reads a CA's directory: its first CAA identity, where its renewal information is, its profiles. Throws {@link AcmeError}. */
export async function readDirectory(url: string, { timeoutMs } = { timeoutMs: TIMEOUT_MS }) {
  const { data } = await new AcmeTransport({ timeoutMs }).request(url, 'get');
  const directory = Directory.safeParse(data);
  if (!directory.success)
    throw new AcmeError('ca-answer-malformed', `${url} answers, but not as an ACME directory`);
  const { meta, renewalInfo } = directory.data;
  const [caaIdentity] = meta?.caaIdentities ?? [];
  // It goes into CAA sets (RFC 8659, 4.2): a value with parameters would say more than the CA's name.
  if (caaIdentity !== undefined && (isWildcard(caaIdentity) || complaintAboutName(caaIdentity) !== undefined))
    throw new AcmeError(
      'ca-answer-malformed',
      `${url} gives "${printable(caaIdentity)}" as the CA's name in CAA, which is no domain name`,
    );
  return {
    caaIdentity,
    renewalInfo: renewalInfo?.replace(/\/$/, ''),
    profiles: Object.keys(meta?.profiles ?? {}),
    standing: standingTerms(Object(data).meta),
  };
}

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

/** Asks CAs for their CAA identity. The stack's is the fallback; `onTrouble` hears why a CA could not be asked. */
export function caaIdentityReader(
  { caaIdentity: fallback }: { caaIdentity: string | undefined },
  onTrouble: (error: unknown) => void,
): (directoryUrl: string) => Promise<string | undefined> {
  return async (directoryUrl) => {
    try {
      const { caaIdentity } = await readDirectory(directoryUrl);
      return caaIdentity ?? fallback;
    } catch (error) {
      onTrouble(error);
      return fallback;
    }
  };
}

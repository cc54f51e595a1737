import * as z from 'zod/mini';
import { DIRECTORY_COMPLAINT, DIRECTORY_URL } from '../../foundation/certificate/directory-url.ts';
import { parseValue } from '../../foundation/common/parse-json.ts';
import type { AccountIssuer } from '../dns/rules/issuer.ts';
import { type RecordsDeps, recordsForKey } from './records-for-key.ts';

/** Our account at a CA, without its key. */
export interface AccountFound {
  ca: string;
  url: string;
  /** Whether the CA has an account of this address for our key. */
  atCa: 'found' | 'not-found';
  contact: string | undefined;
  /** SHA-256 of the public key's SPKI. */
  keyFingerprint: string;
  /** Whether a rollover did not finish; rolling over again ends it. */
  rolloverOpen: boolean;
  /** Persist records to publish before a rollover, beside those that exist, so that they name the new key. */
  publishFirst?: { name: string; value: string }[];
  /** How it goes on. */
  next?: string;
}

/** Our accounts, by directory address. Every call may be repeated; errors are AcmeError. */
export interface Accounts {
  show(directoryUrl: string): Promise<AccountFound>;
  /**
   * The account as standing records name it after a rollover, whose key is kept for that; `undefined` where they name no key
   * (draft-ietf-acme-dns-persist before 02).
   */
  nextIssuer(directoryUrl: string): Promise<AccountIssuer | undefined>;
  /** Gives the account a new key; its address stays. */
  rollOver(directoryUrl: string): Promise<void>;
  /** Sends the CA the contact of the settings. */
  updateContact(directoryUrl: string): Promise<void>;
}

/**
 * The address of our account at a CA, and its key's thumbprint (RFC 7638), where they can be read without the key;
 * `undefined` without an account.
 */
export type DescribeAccount = (
  directoryUrl: string,
) => Promise<{ accountUri: string | undefined; thumbprint?: string | undefined } | undefined>;

const Request = z.strictObject({
  account: z.enum(['show', 'rollover', 'contact']),
  /** Whether the standing records that a rollover changes are in the DNS. */
  confirm: z.optional(z.literal(true)),
  /** Directory address; the stack's own CA when absent. */
  ca: z.optional(z.string().check(z.regex(DIRECTORY_URL, DIRECTORY_COMPLAINT))),
});

const PUBLISH =
  'the key is not changed yet: put these TXT values beside those that stand, then send the event again with "confirm": true';

interface ChangeDeps extends RecordsDeps {
  accounts: Accounts;
}

/** Does what the event asks for with our account, and answers with its state after that. */
export async function changeAccount(deps: ChangeDeps, event: unknown): Promise<AccountFound> {
  const { accounts, stack } = deps;
  const where = { where: 'event', reason: 'event-invalid' } as const;
  const { account, confirm, ca = stack.defaultCa } = parseValue(event, Request, where);
  if (account === 'rollover' && !confirm) {
    const issuer = await accounts.nextIssuer(ca);
    const publishFirst = issuer ? await recordsForKey(deps, ca, issuer) : [];
    if (publishFirst.length > 0) return { ...(await accounts.show(ca)), publishFirst, next: PUBLISH };
  }
  if (account === 'rollover') await accounts.rollOver(ca);
  if (account === 'contact') await accounts.updateContact(ca);
  return accounts.show(ca);
}

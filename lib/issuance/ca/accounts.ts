import * as z from 'zod/mini';
import { DIRECTORY_COMPLAINT, DIRECTORY_URL } from '../../foundation/certificate/directory-url.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { parseValue } from '../../foundation/common/parse-json.ts';

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
}

/** Our accounts, by directory address. Every call may be repeated; errors are AcmeError. */
export interface Accounts {
  show(directoryUrl: string): Promise<AccountFound>;
  /** Gives the account a new key; its address stays. */
  rollOver(directoryUrl: string): Promise<void>;
  /** Sends the CA the contact of the settings. */
  updateContact(directoryUrl: string): Promise<void>;
}

/** The address of our account at a CA, where it can be read without the key; `undefined` without an account. */
export type DescribeAccount = (
  directoryUrl: string,
) => Promise<{ accountUri: string | undefined } | undefined>;

const Request = z.strictObject({
  account: z.enum(['show', 'rollover', 'contact']),
  /** Directory address; the stack's own CA when absent. */
  ca: z.optional(z.string().check(z.regex(DIRECTORY_URL, DIRECTORY_COMPLAINT))),
});

/** Does what the event asks for with our account, and answers with its state after that. */
export async function changeAccount(
  { accounts, stack }: { accounts: Accounts; stack: Pick<Stack, 'defaultCa'> },
  event: unknown,
): Promise<AccountFound> {
  const where = { where: 'event', reason: 'event-invalid' } as const;
  const { account, ca = stack.defaultCa } = parseValue(event, Request, where);
  if (account === 'rollover') await accounts.rollOver(ca);
  if (account === 'contact') await accounts.updateContact(ca);
  return accounts.show(ca);
}

import * as z from 'zod/mini';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { parseValue } from '../../foundation/common/parse-json.ts';
import type { AccountFound, Accounts } from './accounts.ts';

const Request = z.strictObject({
  account: z.enum(['show', 'rollover', 'contact']),
  /** Directory address; the stack's own CA when absent. */
  ca: z.optional(
    z.string().check(z.regex(/^https:\/\/\S+$/, 'must be the https address of an ACME directory')),
  ),
});

/** Does with our account what the event says, and answers with how it is then. */
export async function changeAccount(
  { accounts, stack }: { accounts: Accounts; stack: Pick<Stack, 'defaultCa'> },
  event: unknown,
): Promise<AccountFound> {
  const request = parseValue(event, Request, { where: 'event', reason: 'event-invalid' });
  const { account, ca = stack.defaultCa } = request;
  if (account === 'rollover') await accounts.rollOver(ca);
  if (account === 'contact') await accounts.updateContact(ca);
  return accounts.show(ca);
}

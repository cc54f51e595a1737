import { describeError } from '../../foundation/common/describe-error.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { DnsError } from '../../issuance/dns/resolver.ts';
import type { Answer } from './rules/answer.ts';

/** What was found, or why nothing was: one question without an answer does not hold up the others. */
export async function answerOf<Found>(question: Promise<Found>): Promise<Answer<Found>> {
  try {
    return { found: await question };
  } catch (error) {
    const { reason, message } = describeError(error);
    const { seen, remedy } = error instanceof PerennialError ? error : { seen: message, remedy: '' };
    return { trouble: { reason, seen, remedy, code: error instanceof DnsError ? error.code : undefined } };
  }
}

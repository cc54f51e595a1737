import type { Answer } from '../../core/doctor/answer.ts';
import { DnsError } from '../../ports/resolver.ts';
import { oneLineOf } from '../failure.ts';

/** What was found, or why nothing was: one question without an answer does not hold up the others. */
export async function answerOf<Found>(question: Promise<Found>): Promise<Answer<Found>> {
  try {
    return { found: await question };
  } catch (error) {
    const code = error instanceof DnsError ? error.code : undefined;
    return { trouble: { ...oneLineOf(error), code } };
  }
}

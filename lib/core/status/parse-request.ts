import * as z from 'zod/mini';
import { InputError } from '../input-error.ts';
import { parseValue } from '../parse-json.ts';

const Request = z.strictObject({ page: z._default(z.boolean(), false) });

/** Whether `status` is to write its page too; throws an InputError in one line that shows the right shape. */
export function parseRequest(event: unknown): { page: boolean } {
  // Lambda hands over what an invocation without an event gives, in one of these shapes.
  if (event === undefined || event === null || event === '') return { page: false };
  if (typeof event !== 'object' || Array.isArray(event))
    throw new InputError('event-invalid', 'event: give { "page": true } for the page too, or nothing');
  return parseValue(event, Request, { where: 'event', reason: 'event-invalid' });
}

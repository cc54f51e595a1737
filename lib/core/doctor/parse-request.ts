import * as z from 'zod/mini';
import { InputError } from '../input-error.ts';
import { LineageName } from '../lineage.ts';
import { parseValue } from '../parse-json.ts';

const EXAMPLE = '{ "names": ["example.com"] } (the names of renewal files), or "*" or nothing for all';

const Request = z.strictObject({
  names: z._default(
    z.union([z.literal('*'), z.array(LineageName).check(z.minLength(1, `names nobody; give ${EXAMPLE}`))], {
      error: `must be as in ${EXAMPLE}`,
    }),
    '*',
  ),
});

/** Which certificates `doctor` is asked about; throws an InputError in one line that shows the right shape. */
export function parseRequest(event: unknown): 'all' | string[] {
  // Lambda hands over what an invocation without an event gives, in one of these shapes.
  if (event === undefined || event === null || event === '') return 'all';
  if (typeof event !== 'object' || Array.isArray(event))
    throw new InputError('event-invalid', `event: give ${EXAMPLE}`);
  const { names } = parseValue(event, Request, { where: 'event', reason: 'event-invalid' });
  return names === '*' ? 'all' : [...new Set(names)];
}

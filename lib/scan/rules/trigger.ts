import * as z from 'zod/mini';
import { LineageName } from '../../foundation/certificate/lineage.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { parseValue } from '../../foundation/common/parse-json.ts';

/** Why `scan` runs, and for which certificates. */
export type Start =
  | { start: 'hourly-check' | 'weekly-sweep' | 'plan'; names: 'all' }
  | { start: 'force'; names: 'all' | string[]; ignoreBudget?: boolean }
  | { start: 'file-changed'; keys: string[] };

const FORCE_NEEDS_NAMES = 'force needs "names": ["example.com"] (the names of renewal files), or "*" for all';

const Invocation = z.discriminatedUnion('start', [
  z.strictObject({ start: z.enum(['hourly-check', 'weekly-sweep', 'plan']) }),
  z.strictObject({
    start: z.literal('force'),
    names: z.union([z.literal('*'), z.array(LineageName).check(z.minLength(1, FORCE_NEEDS_NAMES))], {
      error: FORCE_NEEDS_NAMES,
    }),
    /** Orders although our own budget for the certificate is spent; what the CA says is heeded even so. */
    ignoreBudget: z.optional(z.boolean()),
  }),
]);

const ObjectCreated = z.object({
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

/** Parses what `scan` was invoked with; throws {@link InputError} in one line that shows the right shape. */
export function parseStart(event: unknown): Start {
  const created = ObjectCreated.safeParse(event);
  if (created.success) {
    return { start: 'file-changed', keys: [created.data.detail.object.key] };
  }
  if (typeof event !== 'object' || event === null || !('start' in event)) {
    throw new InputError('event-invalid', {
      seen: 'event: has no "start"',
      remedy: 'give one of events/*.json, for example { "start": "force", "names": ["example.com"] }',
    });
  }
  const invocation = parseValue(event, Invocation, { where: 'event', reason: 'event-invalid' });
  if (invocation.start !== 'force') return { start: invocation.start, names: 'all' };
  const { names, ignoreBudget } = invocation;
  return {
    start: 'force',
    names: names === '*' ? 'all' : [...new Set(names)],
    ...(ignoreBudget && { ignoreBudget }),
  };
}

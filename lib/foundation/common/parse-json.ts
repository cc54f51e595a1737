import type * as z from 'zod/mini';
import type { Reason } from '../reasons/reasons.ts';
import { explainIssues } from './explain-issues.ts';
import { InputError } from './input-error.ts';

/**
 * `text` as JSON of this schema; an {@link InputError} with `reason` says in one line what is wrong `where`. A `secret` text
 * is not quoted.
 */
export function parseJson<T extends z.ZodMiniType>(
  text: string,
  schema: T,
  { where, reason, secret = false }: { where: string; reason: Reason; secret?: boolean },
): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // JSON.parse quotes what stands around the error.
    const detail = secret || !(cause instanceof Error) ? '' : ` (${oneLine(cause.message)})`;
    throw new InputError(reason, {
      seen: `${where}: is not JSON${detail}`,
      remedy: 'mend the file and upload it again',
    });
  }
  return parseValue(value, schema, { where, reason });
}

/** As {@link parseJson}, for a value that is parsed already. */
export function parseValue<T extends z.ZodMiniType>(
  value: unknown,
  schema: T,
  { where, reason }: { where: string; reason: Reason },
): z.infer<T> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InputError(reason, `${where}: ${explainIssues(parsed.error)}`);
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
}

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

/**
 * What a person invoked a function with; throws an InputError that shows the right shape by `example`. Lambda hands over
 * what an invocation without an event gives as `undefined`, `null` or an empty text.
 */
export function parseRequest<T extends z.ZodMiniType>(
  event: unknown,
  schema: T,
  example: string,
): z.infer<T> {
  const request = event === undefined || event === null || event === '' ? {} : event;
  if (typeof request !== 'object' || Array.isArray(request))
    throw new InputError('event-invalid', `event: give ${example}`);
  return parseValue(request, schema, { where: 'event', reason: 'event-invalid' });
}

/** A stored text as this schema; `undefined` where there is none, or it is none of it. */
export function orNone<T extends z.ZodMiniType>(text: string | undefined, schema: T): z.infer<T> | undefined {
  try {
    return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
}

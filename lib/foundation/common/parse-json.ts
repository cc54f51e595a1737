import type * as z from 'zod/mini';
import { isOfKind, ownRemedy, type Reason } from '../reasons/reasons.ts';
import { isCompact } from './compact-json.ts';
import { explainIssues } from './explain-issues.ts';
import { complaintAboutEncoding, explainSyntax, findRepeatedKey } from './explain-json.ts';
import { InputError } from './input-error.ts';

/** Parses JSON by a schema; throws {@link InputError} in one line. The error does not quote a `secret` text. */
export function parseJson<T extends z.ZodMiniType>(
  text: string,
  schema: T,
  { where, reason, secret = false }: { where: string; reason: Reason; secret?: boolean },
): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // JSON.parse quotes the text around the error.
    const words = (cause as SyntaxError).message.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
    const detail = secret ? '' : ` (${words})`;
    throw new InputError(reason, {
      seen: `${where}: is not JSON${detail}`,
      remedy: ownRemedy(reason),
    });
  }
  return parseValue(value, schema, { where, reason });
}

/**
 * As {@link parseJson}, for what people write: a byte order mark is ignored, text that is not JSON is explained with its line,
 * and a repeated key is refused, of which `JSON.parse` would silently take the last.
 */
export function parseWrittenJson<T extends z.ZodMiniType>(
  written: string,
  schema: T,
  { where, reason }: { where: string; reason: Reason },
): z.infer<T> {
  const text = withoutMark(written);
  const value = jsonOf(text);
  const complaint =
    complaintAboutEncoding(text) ??
    (value === undefined ? explainSyntax(text) : isCompact(text, value) ? undefined : findRepeatedKey(text));
  if (complaint) throw new InputError(reason, { ...complaint, seen: `${where}: ${complaint.seen}` });
  if (value === undefined) return parseJson(text, schema, { where, reason });
  return parseValue(value, schema, { where, reason });
}

/** Editors of Windows put a byte order mark before UTF-8. */
const withoutMark = (text: string) => text.replace(/^\ufeff/, '');

/** `undefined` for what is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As {@link parseJson}, for a value that is parsed already. */
export function parseValue<T extends z.ZodMiniType>(
  value: unknown,
  schema: T,
  { where, reason }: { where: string; reason: Reason },
): z.infer<T> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const seen = `${where}: ${explainIssues(parsed.error)}`;
  throw new InputError(reason, { seen, remedy: isOfKind(reason, 'says-remedy') ? '' : ownRemedy(reason) });
}

/**
 * Parses the event of a person's invocation; the error shows `example`. Without an event Lambda passes `undefined`, `null` or
 * an empty text.
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

/** Parses a stored text by a schema; `undefined` where there is none, or it does not match. */
export function orNone<T extends z.ZodMiniType>(text: string | undefined, schema: T): z.infer<T> | undefined {
  try {
    return text === undefined ? undefined : schema.safeParse(JSON.parse(withoutMark(text))).data;
  } catch {
    return undefined;
  }
}

import type * as z from 'zod/mini';
import { parseJson } from '../common/parse-json.ts';

/** A stored text as this schema; `undefined` where it is none of it. */
export function orNone<T extends z.ZodMiniType>(text: string, schema: T): z.infer<T> | undefined {
  try {
    return parseJson(text, schema, { where: 'object', reason: 'malformed' });
  } catch {
    return undefined;
  }
}

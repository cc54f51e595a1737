import type * as z from 'zod/mini';

/** A stored text as this schema; `undefined` where it is none of it. */
export function orNone<T extends z.ZodMiniType>(text: string, schema: T): z.infer<T> | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

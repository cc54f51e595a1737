import * as z from 'zod/mini';
import { ANSWERS } from './answers/answers.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (2020-12) of what `--json` prints, an answer of each command under `$defs`. Members that it does not know are
 * allowed: an answer of version 1 may have more of them later.
 */
export function commandLineSchema(): Schema {
  const $defs = Object.fromEntries(
    Object.entries(ANSWERS).map(([command, answer]) => {
      const { '~standard': _, $schema: __, ...schema } = z.toJSONSchema(answer, { io: 'input' });
      return [command, opened(schema) as Schema];
    }),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What perennial-tls answers with --json',
    anyOf: Object.keys($defs).map((command) => ({ $ref: `#/$defs/${encodeURIComponent(command)}` })),
    $defs,
  };
}

function opened(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(opened);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part)
      .filter(([key, value]) => key !== 'additionalProperties' || value !== false)
      .map(([key, value]) => [key, opened(value)]),
  );
}

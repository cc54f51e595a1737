import * as z from 'zod/mini';
import { ANSWERS } from './answers/answers.ts';
import { Caa, Followed, HostStatus, Import, Live, Planned, Status } from './answers/parts.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (2020-12) of what `--json` prints, an answer of each command under `$defs`. Members that it does not know are
 * allowed: an answer of version 1 may have more of them later.
 */
export function commandLineSchema(): Schema {
  const shared = z.registry<{ id: string }>();
  for (const [id, part] of Object.entries({ Caa, Followed, HostStatus, Import, Live, Planned, Status }))
    shared.add(part, { id });
  const parts: Record<string, Schema> = {};
  const answers: Record<string, Schema> = {};
  for (const [command, answer] of Object.entries(ANSWERS)) {
    const made = z.toJSONSchema(answer, { io: 'input', metadata: shared });
    const { '~standard': _, $schema: __, $defs = {}, ...schema } = made;
    answers[command] = opened(schema) as Schema;
    for (const [id, part] of Object.entries($defs)) parts[id] = withoutId(opened(part) as Schema);
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What perennial-tls answers with --json',
    anyOf: Object.keys(answers).map((command) => ({ $ref: `#/$defs/${encodeURIComponent(command)}` })),
    $defs: { ...answers, ...parts },
  };
}

/** The place below `$defs` names it. */
const withoutId = ({ id: _, ...schema }: Schema): Schema => schema;

function opened(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(opened);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part)
      .filter(([key, value]) => key !== 'additionalProperties' || value !== false)
      .map(([key, value]) => [key, opened(value)]),
  );
}

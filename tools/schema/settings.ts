import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import type { Part } from './renewal-file.ts';

const { Section } = createRequire(import.meta.url)('../../resources/settings-schema.cjs');

/**
 * The JSON Schema (2020-12) of settings.yml, from the schema that a deploy checks it with; settings.example.yml says what each key
 * is for. Rules that zod holds as functions (names, roots, whole numbers) are for the deploy alone.
 */
export function settingsSchema(example: string): Part {
  const { '~standard': _, $schema, ...section } = z.toJSONSchema(Section, { io: 'input' });
  const described = { ...(section as Part), type: ['object', 'null'] } as unknown as Part;
  for (const [name, part] of Object.entries(described.properties ?? {})) {
    const description = explanationOf(name, example);
    if (description === undefined) throw new Error(`settings.example.yml does not explain ${name}`);
    part.description = description;
  }
  letOneStandAlone(described.properties?.hostGroups?.additionalProperties as Part);
  return {
    $schema,
    title: 'Settings of a Perennial stack',
    type: 'object',
    properties: {
      default: { $ref: '#/$defs/section', description: 'For every stage.' },
      staging: { $ref: '#/$defs/section', description: "What is different with the CA's staging." },
      production: { $ref: '#/$defs/section', description: 'What is different for production.' },
    },
    additionalProperties: { $ref: '#/$defs/section', description: 'What is different for this stage.' },
    $defs: { section: described },
  } as Part;
}

/** Of a host group's times: the parser makes a list of a single one before it looks, which zod cannot say. */
function letOneStandAlone({ properties = {} }: Part): void {
  for (const name of ['window', 'freeze']) {
    const { [name]: list = {} } = properties;
    properties[name] = { anyOf: [list.items ?? {}, list] };
  }
}

/** The comment above a setting, in one paragraph and without its example. */
function explanationOf(name: string, example: string): string | undefined {
  const paragraph = example.split('\n\n').find((text) => new RegExp(`^ {2}# ${name}: `, 'm').test(text));
  const lines = paragraph?.split('\n').filter((line) => line.startsWith('  # '));
  const words = lines?.filter((line) => !/^ {2}# (Example: )?\w+: /.test(line)).map((line) => line.slice(4));
  return words?.join('\n');
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineSchema } from './command-line.ts';
import { renewalFileSchema } from './renewal-file.ts';
import { settingsSchema } from './settings.ts';

// npm run schema: writes the schemas of this folder anew.
const read = (file: string) => readFile(join(import.meta.dirname, '../..', file), 'utf8');
const schemas = {
  'renewal-file.json': renewalFileSchema(await read('docs/reference/renewal-file.md')),
  'settings.json': settingsSchema(await read('settings.example.yml')),
  'command-line.json': commandLineSchema(),
};
for (const [file, schema] of Object.entries(schemas))
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(schema, null, 2)}\n`);

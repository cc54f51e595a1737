import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renewalFileSchema } from './renewal-file.ts';
import { settingsSchema } from './settings.ts';

// npm run schema: writes the schemas of this folder anew.
const read = (file: string) => readFile(join(import.meta.dirname, '../..', file), 'utf8');
const schemas = {
  'renewal-file.json': renewalFileSchema(await read('README.md')),
  'settings.json': settingsSchema(await read('settings.example.yml')),
};
for (const [file, schema] of Object.entries(schemas))
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(schema, null, 2)}\n`);

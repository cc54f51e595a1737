import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineSchema } from './command-line.ts';
import { eventSchema, FACTS, type FactType, fileOf } from './events.ts';
import { renewalFileSchema } from './renewal-file.ts';
import { settingsSchema } from './settings.ts';

// npm run schema: writes the schemas of this folder anew.
const read = (file: string) => readFile(join(import.meta.dirname, '../..', file), 'utf8');
await write('renewal-file.json', renewalFileSchema(await read('docs/reference/renewal-file.md')));
await write('settings.json', settingsSchema(await read('settings.example.yml')));
await write('command-line.json', commandLineSchema());
await mkdir(join(import.meta.dirname, 'events'), { recursive: true });
for (const type of Object.keys(FACTS) as FactType[])
  await write(join('events', fileOf(type)), eventSchema(type));

async function write(file: string, schema: unknown): Promise<void> {
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(schema, null, 2)}\n`);
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventSchema, FACTS, type FactType, fileOf } from './events.ts';
import { renewalFileSchema } from './renewal-file.ts';

// npm run schema: writes tools/schema/renewal-file.json and tools/schema/events/ anew.
const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
await write('renewal-file.json', renewalFileSchema(readme));
await mkdir(join(import.meta.dirname, 'events'), { recursive: true });
for (const type of Object.keys(FACTS) as FactType[])
  await write(join('events', fileOf(type)), eventSchema(type));

async function write(file: string, schema: unknown): Promise<void> {
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(schema, null, 2)}\n`);
}

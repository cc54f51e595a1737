import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLineSchema } from './command-line.ts';
import { renewalFileSchema } from './renewal-file.ts';

// npm run schema: writes tools/schema/renewal-file.json and command-line.json anew.
const page = await readFile(join(import.meta.dirname, '../../docs/reference/renewal-file.md'), 'utf8');
await write('renewal-file.json', renewalFileSchema(page));
await write('command-line.json', commandLineSchema());

async function write(file: string, schema: object): Promise<void> {
  await writeFile(join(import.meta.dirname, file), `${JSON.stringify(schema, null, 2)}\n`);
}

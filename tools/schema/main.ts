import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renewalFileSchema } from './renewal-file.ts';

// npm run schema: writes tools/schema/renewal-file.json anew.
const page = await readFile(join(import.meta.dirname, '../../docs/reference/renewal-file.md'), 'utf8');
const text = `${JSON.stringify(renewalFileSchema(page), null, 2)}\n`;
await writeFile(join(import.meta.dirname, 'renewal-file.json'), text);

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picturesOf } from './pictures.ts';

// npm run pictures: draws README's pictures, the demo's from what it printed (docs/images/demo.txt).
const FOLDER = join(import.meta.dirname, '../../docs/images');
const printed = await readFile(join(FOLDER, 'demo.txt'), 'utf8');
for (const [name, svg] of Object.entries(picturesOf(printed))) {
  await writeFile(join(FOLDER, name), svg);
  console.log(`docs/images/${name}`);
}

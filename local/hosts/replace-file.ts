import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file; the returned function writes what was there before, if anything was. */
export async function replaceFile(file: string, text: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  const before = await readFile(file, 'utf8').catch(() => undefined);
  await writeFile(file, text);
  return async () => {
    if (before !== undefined) await writeFile(file, before);
  };
}

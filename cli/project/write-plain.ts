import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Packed } from './package-project.ts';
import { functionsIn, plainTemplate, type Template } from './template.ts';

export const TEMPLATE = 'template.json';
export const SUMS = 'SHA256SUMS';

/** Writes a plain template, the functions' zips and the checksums of both into a folder, and returns their names. */
export async function writePlain(
  { folder, template }: Packed,
  output: string,
  change: (template: Template) => Template = (same) => same,
): Promise<string[]> {
  await mkdir(output, { recursive: true });
  const names = new Map<string, string>();
  for (const { zip } of functionsIn(template)) {
    const name = zip.replace(/\.zip$/, `-${(await sumOf(join(folder, zip))).slice(0, 12)}.zip`);
    await copyFile(join(folder, zip), join(output, name));
    names.set(zip, name);
  }
  await writeFile(join(output, TEMPLATE), `${JSON.stringify(change(plainTemplate(template, names)))}\n`);
  const files = [TEMPLATE, ...names.values()];
  await writeFile(join(output, SUMS), await sumsOf(output, files));
  return [...files, SUMS];
}

/** As `sha256sum --check` takes them. */
export async function sumsOf(folder: string, files: readonly string[]): Promise<string> {
  const lines = await Promise.all(files.map(async (file) => `${await sumOf(join(folder, file))}  ${file}\n`));
  return lines.join('');
}

const sumOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '../.local/env');

/**
 * Writes `.local/env`, with which a shell's programs talk to the local cloud (`. .local/env`), and
 * returns its path. `folders` come first on the PATH. The file is removed when this process exits.
 */
export async function writeShellEnvironment(env: Record<string, string>, folders: string[]): Promise<string> {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
  const path = `export PATH=${folders.map(quote).join(':')}:"$PATH"`;
  // A profile would win over the credentials of the local cloud.
  await writeFile(FILE, `${[...exports, path, 'unset AWS_PROFILE'].join('\n')}\n`);
  process.once('exit', () => rmSync(FILE, { force: true }));
  return FILE;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

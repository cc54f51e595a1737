import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PrivateKeyPem } from '../../lib/foundation/certificate/private-key-pem.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import { CommandError } from '../command-error.ts';
import type { FoundFolder, FoundLineage } from './found.ts';

/** More than any certificate, key or configuration is. */
const MAX_BYTES = 1_000_000;

/** A file's text; throws {@link InputError} in one line when it cannot be read. */
export async function readText(...path: string[]): Promise<string> {
  const file = join(...path);
  try {
    if ((await stat(file)).size > MAX_BYTES)
      throw new CommandError('file-unreadable', `${printable(file)} is too large`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unreadable(file, error);
  }
}

/** A file's text, or nothing when there is no such file. */
export async function readTextIfThere(...path: string[]): Promise<string | undefined> {
  return (await exists(...path)) ? readText(...path) : undefined;
}

export async function readKey(...path: string[]): Promise<PrivateKeyPem> {
  return new PrivateKeyPem(await readText(...path));
}

export async function exists(...path: string[]): Promise<boolean> {
  try {
    await stat(join(...path));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ELOOP') return false;
    throw unreadable(join(...path), error);
  }
}

/** The names of what lies in a folder, in order; none when there is no such folder. */
export async function entriesOf(...path: string[]): Promise<string[]> {
  try {
    return (await readdir(join(...path))).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw unreadable(join(...path), error);
  }
}

/** Reads each certificate of a folder; one that cannot be read is told and the others go on. */
export async function readEach(
  names: readonly string[],
  read: (name: string) => Promise<FoundLineage>,
): Promise<Pick<FoundFolder, 'lineages' | 'unreadable'>> {
  const lineages: FoundLineage[] = [];
  const failed: FoundFolder['unreadable'] = [];
  for (const name of names) {
    try {
      lineages.push(await read(name));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failed.push({ name, message: error.message });
    }
  }
  return { lineages, unreadable: failed };
}

function unreadable(file: string, error: unknown): CommandError {
  const code = codeOf(error);
  const remedy = code === 'EACCES' || code === 'EPERM' ? '; run this as root' : '';
  return new CommandError('file-unreadable', `${printable(file)} cannot be read (${code})${remedy}`);
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The path of a program, itself a path or on the PATH, or in the usual folders of root's programs and of Go; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? resolve(name) : undefined;
  const usual = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/go/bin'];
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...usual];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The path of a program, itself a path or on the PATH, or in the usual folders of root's programs and of Go; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? resolve(name) : undefined;
  return searchPath()
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** The PATH with the folders in which programs are that a plain user, or root by `su` without `-`, does not have there. */
export function searchPath(): string {
  const usual = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/go/bin'];
  const own = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...own, ...usual.filter((folder) => !own.includes(folder))].join(delimiter);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

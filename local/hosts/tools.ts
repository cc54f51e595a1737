import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../setup/find-program.ts';

/**
 * Puts a program on the host's PATH that runs a program of this machine, with `flags` first, and with
 * `renamed` arguments replaced: the container that the document calls `web` has another name here.
 */
export async function writeTool(folder: string, name: string, tool: Tool): Promise<void> {
  const [program = name, ...flags] = tool.command;
  const path = findProgram(program) ?? program;
  const renames = Object.entries(tool.renamed ?? {}).map(
    ([from, to]) => `  [ "$argument" != ${quote(from)} ] || argument=${quote(to)}\n`,
  );
  const exports = Object.entries(tool.env ?? {}).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  const lines = [
    '#!/bin/sh\n',
    'for argument; do\n  shift\n',
    ...renames,
    '  set -- "$@" "$argument"\ndone\n',
    ...exports,
    `exec ${[path, ...flags].map(quote).join(' ')} "$@"\n`,
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), lines.join(''), { mode: 0o755 });
}

export interface Tool {
  command: string[];
  renamed?: Record<string, string>;
  /** what is added to the caller's environment */
  env?: Record<string, string>;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

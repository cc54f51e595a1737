import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '../..');

/** A tool ended with another status than 0; the message is all that it printed. */
export class ToolError extends Error {
  override name = 'ToolError';
}

export interface ToolOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  limitMs?: number;
}

/** Runs a program with its standard input closed, and returns what it printed. Throws ToolError. */
export async function runTool(file: string, args: string[], options: ToolOptions = {}): Promise<string> {
  const { cwd = PROJECT, env, limitMs = 300_000 } = options;
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  const keep = (text: string) => {
    printed += text;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const [status, signal] = await once(child, 'close');
  if (status === 0) return printed;
  throw new ToolError(`${printed.trim()}\n${file} ended with ${signal ?? `status ${status}`}`.trim());
}

/** A program of the project's npm packages. */
export function npmProgram(name: string): string {
  return join(PROJECT, 'node_modules/.bin', name);
}

import { execFile } from 'node:child_process';
import { searchPath } from './find-program.ts';

export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  limitMs?: number;
}

/**
 * Runs a program without a shell, its standard input closed, and returns its standard output.
 * Throws an Error with the command line and the end of what it printed on failure, or when `limitMs` (default 10 minutes) has passed.
 */
export async function runCommand(
  file: string,
  args: string[],
  options: CommandOptions = {},
): Promise<string> {
  const { cwd, env, limitMs = 600_000 } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        ...{ cwd, timeout: limitMs, killSignal: 'SIGKILL' as const, maxBuffer: 64 << 20 },
        env: { ...process.env, PATH: searchPath(), ...env },
      },
      (cause, stdout, stderr) => {
        if (!cause) return resolve(stdout);
        const output = (stderr.trim() || stdout.trim()).split('\n').slice(-8).join('\n');
        const why = cause.killed
          ? `stopped after ${limitMs / 1000} s`
          : `failed (${cause.code ?? cause.signal})`;
        reject(new Error(`${[file, ...args].join(' ')} ${why}: ${output || cause.message}`, { cause }));
      },
    );
    child.stdin?.end();
  });
}

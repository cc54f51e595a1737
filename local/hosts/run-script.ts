import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.ts';
import { killSession } from './session.ts';

export interface ScriptRun {
  /** the file with the script */
  script: string;
  /** the folder that the script sees as /mnt; nothing else of the machine looks different to it */
  mnt: string;
  env: Record<string, string>;
  limitMs: number;
  signal?: AbortSignal | undefined;
  /** shell commands run first, in the script's private view, such as a mount that makes a folder read-only */
  prepare?: string | undefined;
}

export interface ScriptResult {
  /** null when it was killed */
  exitCode: number | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
}

const ENTER = 'mount --bind "$0" /mnt && { eval "$2" && exec sh "$1"; }';

/** Runs a script with sh in a mount namespace of its own, and kills all that it started at the limit or on `signal`. */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const args = ['--mount', ...asRoot, 'sh', '-c', ENTER, run.mnt, run.script, run.prepare ?? ':'];
  const child = spawn('unshare', args, {
    env: run.env,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const limit = AbortSignal.timeout(run.limitMs);
  const stop = AbortSignal.any(run.signal ? [limit, run.signal] : [limit]);
  const kill = () => {
    if (child.pid !== undefined) killSession(child.pid);
  };
  stop.addEventListener('abort', kill);
  const callOff = atExit(kill);
  try {
    if (stop.aborted) kill();
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, timedOut: limit.aborted, stdout: stdout(), stderr: stderr() };
  } finally {
    stop.removeEventListener('abort', kill);
    callOff();
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return () => text;
}

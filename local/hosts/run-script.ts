import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';
import { killSession } from './session.ts';

export interface ScriptRun {
  /** the file with the script */
  script: string;
  /** the folder that the script sees as /mnt */
  mnt: string;
  /** the host's own programs, which the script sees first on its PATH, and what it keeps below /var/lib */
  own?: { bin: string; state: string };
  env: Record<string, string>;
  limitMs: number;
  signal?: AbortSignal | undefined;
  /** shell commands run first, in the script's private view, such as a mount that makes a folder read-only */
  prepare?: string | undefined;
  /** of a user who is not root: what makes a program root of his containers' namespace */
  enter?: string[] | undefined;
}

export interface ScriptResult {
  /** null when it was killed */
  exitCode: number | null;
  timedOut: boolean;
  stdout: string;
  stderr: string;
}

/**
 * In this view of the machine /usr/local/sbin is the host's bin folder. Programs of the machine's /usr/local/bin that the host
 * does not have are hidden; /var/lib has only what the container engine keeps there, and the host's state.
 */
const OWN = `
  mount --bind "$3" /usr/local/sbin
  for program in docker podman nginx aws; do
    [ -e "$3/$program" ] || [ ! -e "/usr/local/bin/$program" ] || mount --bind /dev/null "/usr/local/bin/$program"
  done
  mount --rbind /var/lib "$5" && mount -t tmpfs none /var/lib && mkdir /var/lib/perennial
  for kept in containers docker; do
    [ ! -d "$5/$kept" ] || { mkdir "/var/lib/$kept" && mount --rbind "$5/$kept" "/var/lib/$kept"; }
  done
  chmod 700 "$4" && mount --bind "$4" /var/lib/perennial`;
const ENTER = `mount --bind "$0" /mnt && { [ -z "$3" ] || { ${OWN}; }; } && { eval "$2" && exec sh "$1"; }`;

/** Runs a script with sh in a mount namespace of its own, and kills all that it started at the limit or on `signal`. */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  const { bin = '', state = '' } = run.own ?? {};
  const own = [bin, state, join(run.script, '..', 'lib')];
  const namespace = [...namespaceOf(run), 'sh', '-c', ENTER];
  const args = [...namespace, run.mnt, run.script, run.prepare ?? ':', ...own];
  const [program = '', ...rest] = args;
  const child = spawn(program, rest, {
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

/** Root's own, one that podman keeps for this user and in which his containers are, or a new one in which he is root. */
function namespaceOf({ enter, env }: ScriptRun): string[] {
  if (process.getuid?.() === 0) return ['unshare', '--mount'];
  if (!enter) return ['unshare', '--mount', '--map-root-user'];
  // Those that `enter` sets for the engine.
  const own = ['HOME', 'TMPDIR'].map((name) => `${name}=${env[name] ?? '/tmp'}`);
  return [...enter, 'env', ...own, 'unshare', '--mount'];
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return () => text;
}

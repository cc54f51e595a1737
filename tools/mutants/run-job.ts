import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { npmProgram, PROJECT } from '../check/run-tool.ts';
import { type Job, readLog, type Seen, write } from './job.ts';

/** A process that writes nothing for so long is in a loop that does not end by itself. */
const SILENCE_MS = 120_000;
/** Loading the first tests may take long on a busy machine. */
const START_MS = 600_000;
/** Starts that do not get one test further. */
const VAIN_STARTS = 3;

/** Tries the mutants of a job in a process with tests, and in another where one does not come back. */
export async function runJob(folder: string, name: string, job: Omit<Job, 'log'>): Promise<Seen[]> {
  const log = join(folder, `${name}.log`);
  const file = join(folder, `${name}.json`);
  writeFileSync(log, '');
  writeFileSync(file, JSON.stringify({ ...job, log } satisfies Job));
  for (let vain = 0; vain < VAIN_STARTS; ) {
    write(log, { begins: process.pid });
    const before = readLog(log).length;
    const { over, printed } = await run(file, log);
    const seen = readLog(log);
    if (over) return seen;
    const last = seen.at(-1);
    if (last && 'tries' in last) write(log, { noticed: last.tries, test: last.test });
    if (seen.length > before) vain = 0;
    else vain += 1;
    if (vain === VAIN_STARTS) throw new Error(`the tests cannot be run:\n${printed}`);
  }
  return readLog(log);
}

async function run(job: string, log: string): Promise<{ over: boolean; printed: string }> {
  const child = spawn(
    npmProgram('vitest'),
    ['run', '--config', join(import.meta.dirname, 'vitest.config.ts')],
    {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MUTANTS_JOB: job },
      detached: true,
    },
  );
  // It has a process group of its own, which Ctrl-C does not reach.
  const stop = () => {
    end(child.pid);
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  const closed = once(child, 'close').then(([status]) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    return status !== null;
  });
  for (;;) {
    const over = await Promise.race([closed, wait(500, undefined, { ref: false })]);
    if (over !== undefined) return { over: over && readLog(log).some((one) => 'loaded' in one), printed };
    if (!isStuck(log)) continue;
    end(child.pid);
    await closed;
    return { over: false, printed };
  }
}

function isStuck(log: string): boolean {
  const silent = Date.now() - statSync(log).mtimeMs;
  if (silent < 1_000) return false;
  const last = readLog(log).at(-1);
  if (last !== undefined && 'spoilt' in last) return true;
  return silent > (last === undefined || 'begins' in last ? START_MS : SILENCE_MS);
}

/** The process and those it started. */
function end(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

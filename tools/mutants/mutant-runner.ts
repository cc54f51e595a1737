import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type RunnerTestCase, TestRunner, type TestRunnerConfig } from 'vitest';
import { instrumented, readJob, readLog, write } from './job.ts';
import { runOnce, titleOf } from './run-once.ts';
import { Switchboard } from './switchboard.ts';

const job = readJob();
const board = new Switchboard();
const earlier = readLog(job.log);
const alive = new Set(job.ids);
for (const seen of earlier) if ('noticed' in seen) alive.delete(seen.noticed);
const done = new Set(earlier.flatMap((seen) => ('done' in seen ? seen.done : [])));
/** Tests that failed after a mutant: because of what it left, or because they never pass twice. */
const doubtful = new Set(earlier.flatMap((seen) => ('spoilt' in seen ? seen.spoilt : [])));
const written = new Set<number>();

// What tests load by `require` does not pass vite.
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('.cjs')) return loaded;
    const path = fileURLToPath(url);
    const source = instrumented(job, path, readFileSync(path, 'utf8'));
    return source === undefined ? loaded : { ...loaded, source, format: 'commonjs' };
  },
});

/**
 * Runs each test once as it is, sees which mutants it reaches, and runs it again with each of them that no test has noticed
 * yet. Files are loaded once, so a run costs what the test itself takes.
 */
export default class MutantRunner extends TestRunner {
  constructor(config: TestRunnerConfig) {
    super(config);
    this.runTask = (test) => tryAll(test);
  }

  runTask: (test: RunnerTestCase) => Promise<void>;

  override onBeforeTryTask(...args: Parameters<TestRunner['onBeforeTryTask']>): void {
    super.onBeforeTryTask(...args);
    board.record();
  }

  override onAfterRunFiles(...args: Parameters<TestRunner['onAfterRunFiles']>): void {
    super.onAfterRunFiles(...args);
    write(job.log, { loaded: fresh(board.outside) });
  }
}

async function tryAll(test: RunnerTestCase): Promise<void> {
  const title = titleOf(test);
  if (done.has(title) || alive.size === 0) return;
  const started = performance.now();
  try {
    await TestRunner.getTestFn(test)();
  } catch (error) {
    write(job.log, { broken: title, why: String(error) });
    throw error;
  }
  const limitMs = 1000 + 5 * (performance.now() - started);
  const { ids, calls } = board.recorded();
  write(job.log, { reached: fresh(ids) });
  const reached = ids.filter((id) => alive.has(id));
  if (!doubtful.has(title) || (await isSteady(test, title, limitMs)))
    for (const id of reached) {
      write(job.log, { tries: id, test: title });
      board.activate(id, calls);
      const failure = await runOnce(test, limitMs);
      board.deactivate();
      if (failure === undefined) continue;
      alive.delete(id);
      write(job.log, { noticed: id, test: title });
      // What a mutant leaves in a fixture that tests share would be held against the next ones: begin in a new process.
      const left = await runOnce(test, 2 * limitMs);
      if (left !== undefined) await restart(title, left);
    }
  write(job.log, { done: title });
}

/** Ends this process, whose parent starts another that goes on. */
function restart(spoilt: string, why: string): Promise<never> {
  write(job.log, { spoilt, why });
  return new Promise(() => {});
}

async function isSteady(test: RunnerTestCase, title: string, limitMs: number): Promise<boolean> {
  const failure = await runOnce(test, limitMs);
  if (failure !== undefined) write(job.log, { broken: title, why: `a second time: ${failure}` });
  return failure === undefined;
}

function fresh(ids: Iterable<number>): number[] {
  const news = [...ids].filter((id) => !written.has(id));
  for (const id of news) written.add(id);
  return news;
}

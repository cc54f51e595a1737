import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunnerTestCase, type RunnerTestSuite, TestRunner, type TestRunnerConfig } from 'vitest';
import { PROJECT } from '../check/run-tool.ts';
import { fileOfMutant, instrumented, noticedBy, readJob, readLog, write } from './job.ts';
import { LoadRunner } from './load-runner.ts';
import { runOnce, stopwatch, titleOf } from './run-once.ts';
import { Switchboard } from './switchboard.ts';

/** A test that takes longer waits until the quick ones have noticed what they can. */
const SLOW_MS = 400;

const job = readJob();
const board = new Switchboard();
const loading = job.atLoad ? new LoadRunner(job, board) : undefined;
const earlier = readLog(job.log);
const alive = new Set(job.ids);
for (const id of noticedBy(earlier)) alive.delete(id);
const done = new Set(earlier.flatMap((seen) => ('done' in seen ? seen.done : [])));
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
    if (!loading) this.runTask = tryAll;
  }

  runTask?: (test: RunnerTestCase) => Promise<void>;

  override importFile(...args: Parameters<TestRunner['importFile']>): unknown {
    const [path, source] = args;
    if (!loading || source === 'setup') return super.importFile(...args);
    const load = async () => super.importFile(...args);
    loading.declare(relative(PROJECT, path), Reflect.get(this, 'moduleRunner'), load);
    return undefined;
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test);
    loading?.before(test);
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    loading?.after(test);
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite);
    loading?.afterGroup(suite);
  }

  override onBeforeTryTask(...args: Parameters<TestRunner['onBeforeTryTask']>): void {
    super.onBeforeTryTask(...args);
    if (!loading) board.record();
  }

  override onAfterRunFiles(...args: Parameters<TestRunner['onAfterRunFiles']>): void {
    super.onAfterRunFiles(...args);
    write(job.log, { loaded: fresh(board.outside) });
  }
}

async function tryAll(test: RunnerTestCase): Promise<void> {
  const title = titleOf(test);
  const near = new Set(job.near[relative(PROJECT, test.file.filepath)]);
  const isNear = (id: number) => near.has(fileOfMutant(job, id));
  if (done.has(title) || ![...alive].some(isNear)) return;
  if (job.slow && !job.slow.includes(title)) return;
  const spentMs = stopwatch();
  try {
    await TestRunner.getTestFn(test)();
  } catch (error) {
    write(job.log, { broken: title, why: String(error) });
    throw error;
  }
  const tookMs = spentMs();
  const limitMs = 1000 + 5 * tookMs;
  const { ids, calls } = board.recorded();
  write(job.log, { reached: fresh(ids) });
  if (!job.slow && tookMs > SLOW_MS) return write(job.log, { slow: title });
  const reached = ids.filter((id) => alive.has(id) && isNear(id));
  if (reached.length > 0 && (await isSteady(test, title, limitMs)))
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

/** Whether it passes a second time. If not, what it says of mutants would mean nothing. */
async function isSteady(test: RunnerTestCase, title: string, limitMs: number): Promise<boolean> {
  const failure = await runOnce(test, limitMs);
  if (failure !== undefined) write(job.log, { unsteady: title, why: failure });
  return failure === undefined;
}

function fresh(ids: Iterable<number>): number[] {
  const news = [...ids].filter((id) => !written.has(id));
  for (const id of news) written.add(id);
  return news;
}

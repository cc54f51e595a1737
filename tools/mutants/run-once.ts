import { relative } from 'node:path';
import { type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest';
import { PROJECT } from '../check/run-tool.ts';

/** The file and the names of a test, and which of those it is that have the same. */
export function titleOf(test: RunnerTestCase): string {
  return `${relative(PROJECT, test.file.filepath)} > ${test.fullTestName} #${test.id}`;
}

/**
 * Runs a test again, with what comes before and after each test. Returns why it failed, also where it did not end in time or
 * left a promise that nobody caught.
 */
export async function runOnce(test: RunnerTestCase, limitMs: number): Promise<string | undefined> {
  const loose: unknown[] = [];
  const onLoose = (error: unknown) => loose.push(error);
  process.on('unhandledRejection', onLoose);
  const limit = tooLong(limitMs);
  try {
    await Promise.race([runWithHooks(test), limit.reached]);
    return loose.length > 0 ? String(loose[0]) : undefined;
  } catch (error) {
    return String(error);
  } finally {
    limit.clear();
    process.off('unhandledRejection', onLoose);
  }
}

/** Milliseconds that this thread worked or waited since; not those in which a busy machine let it do neither. */
export function stopwatch(): () => number {
  const begun = performance.eventLoopUtilization();
  const cpu = process.threadCpuUsage();
  return () => {
    const { idle } = performance.eventLoopUtilization(begun);
    const { user, system } = process.threadCpuUsage(cpu);
    return idle + (user + system) / 1000;
  };
}

function tooLong(limitMs: number): { reached: Promise<never>; clear(): void } {
  const spentMs = stopwatch();
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<never>((_, reject) => {
    timer = setInterval(
      () => {
        if (spentMs() > limitMs) reject(new Error(`not over after ${Math.round(limitMs)} ms`));
      },
      Math.min(limitMs, 250),
    );
  });
  return { reached, clear: () => clearInterval(timer) };
}

async function runWithHooks(test: RunnerTestCase): Promise<void> {
  const inner: RunnerTestSuite[] = [];
  for (let suite: RunnerTestSuite | undefined = test.suite; suite; suite = suite.suite) inner.push(suite);
  if (inner.at(-1) !== test.file) inner.push(test.file);
  const after: (() => unknown)[] = [];
  try {
    for (const suite of inner.toReversed()) {
      const hooks = TestRunner.getSuiteHooks(suite);
      for (const hook of hooks.afterEach) after.unshift(() => hook(test.context, suite));
      for (const hook of hooks.beforeEach) {
        const cleanUp = await hook(test.context, suite);
        if (typeof cleanUp === 'function') after.unshift(() => cleanUp(test.context, suite));
      }
    }
    await TestRunner.getTestFn(test)();
  } finally {
    for (const step of after) await step();
  }
}

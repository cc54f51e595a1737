import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';

/** Ends a run with `tests: N passed, N failed`, below each test that was skipped and each check that failed before. */
export class CountTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const failed = tests.length - passed - skipped.length + setUpFailures(modules) + unhandledErrors.length;
    for (const test of skipped)
      console.log(`SKIPPED: ${test.module.relativeModuleId} > ${test.fullName}${noteOf(test)}`);
    if (skipped.length > 0) console.log(`${skipped.length} tests were skipped`);
    if (process.env.FAILED_CHECKS) console.log(`FAILED before the tests: ${process.env.FAILED_CHECKS}`);
    console.log(`tests: ${passed} passed, ${failed} failed`);
  }
}

/** What a test said as it was skipped. */
function noteOf(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' && result.note ? ` (${result.note})` : '';
}

/** Files and groups that could not be read or set up: their tests show as skipped. */
function setUpFailures(modules: readonly TestModule[]): number {
  const parts: (TestModule | TestSuite)[] = modules.flatMap((module) => [
    module,
    ...module.children.allSuites(),
  ]);
  return parts.filter((part) => part.errors().length > 0).length;
}

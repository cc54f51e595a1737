import { join, relative } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PROJECT } from '../check/run-tool.ts';
import { instrumented, readJob } from './job.ts';

const job = readJob();

const mutants: Plugin = {
  name: 'perennial-mutants',
  enforce: 'pre',
  transform: (text, id) => instrumented(job, id, text),
};

/** What is closest to the code notices most for least. */
class InOrderOfJob extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => job.testFiles.indexOf(relative(PROJECT, moduleId));
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The unit tests in one process, one after the other, with all mutants in the code: see `mutant-runner.ts`. */
export default defineConfig({
  root: PROJECT,
  plugins: [mutants],
  test: {
    include: [...job.testFiles],
    runner: join(import.meta.dirname, 'mutant-runner.ts'),
    // Of a test that is run with one mutant after the other.
    testTimeout: job.atLoad ? 60_000 : 3_600_000,
    passWithNoTests: true,
    // Which mutants a file has depends on the job, of which the cache knows nothing.
    fsModuleCache: false,
    isolate: false,
    maxWorkers: 1,
    maxConcurrency: 1,
    fileParallelism: false,
    sequence: { sequencer: InOrderOfJob },
    reporters: ['dot'],
  },
});

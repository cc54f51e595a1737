import { join } from 'node:path';
import { describe, type RunnerTestCase, type RunnerTestSuite } from 'vitest';
import { PROJECT } from '../check/run-tool.ts';
import { fileOfMutant, type Job, noticedBy, readLog, write } from './job.ts';
import { titleOf } from './run-once.ts';
import type { Switchboard } from './switchboard.ts';

/** Of vite's module runner, which vitest does not declare. */
interface Modules {
  evaluatedModules: {
    getModulesByFile(file: string): Set<Module> | undefined;
    getModuleById(id: string): Module | undefined;
    invalidateModule(node: Module): void;
  };
}
interface Module {
  id: string;
  importers: Set<string>;
}

const AS_IT_IS = -1;

/**
 * Tries mutants of what runs when a file is loaded: constants, schemas, tables. For each, the file and what imports it is
 * loaded anew with the mutant, in a group of tests of its own; before them once as it is.
 */
export class LoadRunner {
  readonly #job: Job;
  readonly #board: Switchboard;
  readonly #alive: Set<number>;
  readonly #done: Set<string>;
  /** Tests that fail when files are loaded anew, whatever the mutant. */
  readonly #unsound = new Set<string>();

  constructor(job: Job, board: Switchboard) {
    this.#job = job;
    this.#board = board;
    const earlier = readLog(job.log);
    this.#alive = new Set(job.ids);
    for (const id of noticedBy(earlier)) this.#alive.delete(id);
    this.#done = new Set(earlier.flatMap((seen) => ('done' in seen ? seen.done : [])));
  }

  /** Declares the groups of tests of one test file; `load` loads it. */
  declare(testFile: string, modules: Modules, load: () => Promise<unknown>): void {
    const loads = this.#job.near[testFile] ?? [];
    const ids = [...this.#alive].filter(
      (id) => loads.includes(fileOfMutant(this.#job, id)) && !this.#done.has(`${id} ${testFile}`),
    );
    if (ids.length === 0) {
      describe.skip('nothing to try', () => {});
      return;
    }
    for (const id of [AS_IT_IS, ...ids])
      describe(`mutant ${id}`, async () => {
        for (const file of id === AS_IT_IS ? loads : [fileOfMutant(this.#job, id)])
          forget(modules, join(PROJECT, file));
        if (id !== AS_IT_IS) write(this.#job.log, { tries: id, test: testFile });
        this.#board.activate(id);
        try {
          await load();
        } catch {
          this.#notice(id, testFile);
        } finally {
          this.#board.deactivate();
        }
      });
  }

  before(test: RunnerTestCase): void {
    const id = idOf(test);
    if (id !== AS_IT_IS && !this.#alive.has(id)) test.mode = 'skip';
    else if (id !== AS_IT_IS) this.#board.activate(id);
  }

  after(test: RunnerTestCase): void {
    const id = idOf(test);
    this.#board.deactivate();
    if (test.result?.state !== 'fail') return;
    const name = titleOf(test)
      .replace(/ > mutant -?\d+/, '')
      .replace(/ #.*/, '');
    if (id === AS_IT_IS) this.#unsound.add(name);
    else if (!this.#unsound.has(name)) this.#notice(id, name);
  }

  afterGroup(suite: RunnerTestSuite): void {
    const id = /^mutant (\d+)$/.exec(suite.name)?.[1];
    if (id === undefined) return;
    if (suite.result?.errors?.length) this.#notice(Number(id), suite.file.name);
    write(this.#job.log, { done: `${id} ${suite.file.name}` });
  }

  #notice(id: number, test: string): void {
    if (this.#alive.delete(id)) write(this.#job.log, { noticed: id, test });
  }
}

function idOf(test: RunnerTestCase): number {
  let outer: RunnerTestSuite | undefined = test.suite;
  while (outer?.suite) outer = outer.suite;
  return Number(/^mutant (-?\d+)$/.exec(outer?.name ?? '')?.[1] ?? AS_IT_IS);
}

/** Has a file, and all that import it, loaded anew. */
function forget({ evaluatedModules }: Modules, file: string): void {
  const open = [...(evaluatedModules.getModulesByFile(file) ?? [])];
  const seen = new Set(open);
  for (const module of open) {
    for (const id of module.importers) {
      const importer = evaluatedModules.getModuleById(id);
      if (!importer || seen.has(importer)) continue;
      seen.add(importer);
      open.push(importer);
    }
  }
  for (const module of seen) evaluatedModules.invalidateModule(module);
}

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PROJECT } from '../check/run-tool.ts';

/** The code that runs for a user; drawings of the status page are looked at by a browser. */
const CODE = ['lib/**/*.ts', 'functions/*.ts', 'cli/**/*.{ts,mjs}', 'resources/*.cjs'];

/** Their clock is their own. */
const SIMULATION = 'test/unit/simulation/';

export function codeFiles(): string[] {
  return globSync(CODE, { cwd: PROJECT }).sort();
}

/** Files of the code by their own or their folder's name; throws Error where there is none of it. */
export function filesNamed(names: readonly string[]): string[] {
  const chosen = names.map((name) => {
    const path = relative(PROJECT, join(process.cwd(), name));
    const files = codeFiles().filter((file) => file === path || file.startsWith(`${path}/`));
    if (files.length === 0)
      throw new Error(`${name}: no code that is tried; give a file or folder of ${CODE.join(', ')}`);
    return files;
  });
  return [...new Set(chosen.flat())];
}

/** The code that differs from where this branch left `main`; `undefined` where there is no `main`. */
export function changedFiles(): string[] | undefined {
  const changed = changedPaths();
  return changed && codeFiles().filter((file) => changed.has(file));
}

/** Every file that differs from where this branch left `main`, committed or not; `undefined` where there is no `main`. */
export function changedPaths(): Set<string> | undefined {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8' }).trim();
  const main = mainBranch(git);
  if (main === undefined) return undefined;
  const base = git('merge-base', 'HEAD', main);
  return new Set(
    `${git('diff', '--name-only', base)}\n${git('ls-files', '--others', '--exclude-standard')}`.split('\n'),
  );
}

function mainBranch(git: (...args: string[]) => string): string | undefined {
  const names = git(
    'for-each-ref',
    '--format=%(refname:short)',
    'refs/heads/main',
    'refs/remotes/origin/main',
  );
  return names.split('\n')[0] || undefined;
}

export interface TestFile {
  test: string;
  /** Which of the files it loads, directly or through others. */
  loads: string[];
}

/**
 * Unit tests that load one of the files; first those that load least beside it. Of each file, `nearest` are those that import
 * it themselves, and then those that load least.
 */
export function testsOf(files: readonly string[]): { tests: TestFile[]; nearest: Map<string, string[]> } {
  const imports = new Map<string, string[]>();
  const importedBy = (file: string) => {
    const known = imports.get(file) ?? importsOf(file);
    imports.set(file, known);
    return known;
  };
  const loadedBy = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const next of importedBy(file)) loadedBy(next, seen);
    return seen;
  };
  const tests = globSync('test/unit/**/*.test.ts', { cwd: PROJECT })
    .filter((test) => !test.startsWith(SIMULATION))
    .map((test) => ({ test, loaded: loadedBy(test) }))
    .sort((a, b) => a.loaded.size - b.loaded.size || (a.test < b.test ? -1 : 1))
    .map(({ test, loaded }) => ({ test, loads: files.filter((file) => loaded.has(file)) }))
    .filter(({ loads }) => loads.length > 0);
  const nearest = new Map(
    files.map((file) => {
      const loading = tests.filter(({ loads }) => loads.includes(file)).map(({ test }) => test);
      const isDirect = (test: string) => importedBy(test).includes(file);
      return [file, [...loading.filter(isDirect), ...loading.filter((test) => !isDirect(test))]];
    }),
  );
  return { tests, nearest };
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(PROJECT, file), 'utf8');
  const named = [
    ...text.matchAll(/(?:from |import |import\(|require\(|\(import\.meta\.url\)\()'(\.[^']+)'/g),
  ];
  return named
    .map(([, path = '']) => join(dirname(file), path))
    .filter((path) => /\.(ts|mjs|cjs)$/.test(path) && existsSync(join(PROJECT, path)));
}

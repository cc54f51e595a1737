import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

const pluginsOf: (serverless?: object) => Plugin[] = createRequire(import.meta.url)(
  '../../resources/esbuild.cjs',
);
const ENTRIES = ['functions/scan.ts', 'functions/renew.ts'];
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'perennial-'));
  mkdirSync(join(project, 'functions'));
  writeFileSync(join(project, 'shared.ts'), 'export const shared = (word: string) => [word];');
  for (const entry of ENTRIES)
    writeFileSync(
      join(project, entry),
      `import { shared } from '../shared.ts'; export const handler = shared('${entry}');`,
    );
});
afterAll(() => rmSync(project, { recursive: true }));

/** As serverless-esbuild bundles: a context for each entry, all side by side. */
async function bundle(plugins: Plugin[], folder: string) {
  let reads = 0;
  const countReads: Plugin = {
    name: 'count-reads',
    setup: (build) =>
      build.onLoad({ filter: /shared\.ts$/ }, () => {
        reads += 1;
        return undefined;
      }),
  };
  const build = async (entry: string) => {
    const options = { bundle: true, minify: true, absWorkingDir: project, entryPoints: [entry] };
    const made = await context({
      ...options,
      outdir: join(project, folder, 'functions'),
      plugins: [...plugins, countReads],
    });
    await made.rebuild();
    await made.dispose();
  };
  await Promise.all(ENTRIES.map(build));
  return { reads, files: ENTRIES.map((entry) => read(join(folder, entry.replace('.ts', '.js')))) };
}

const read = (file: string) => readFileSync(join(project, file), 'utf8');

it('all functions of a deploy are bundled in one build, into the same files as each for itself', async () => {
  const plugin = { functionEntries: [...ENTRIES, ...ENTRIES].map((entry) => ({ entry })) };
  const serverless = {
    service: { custom: { params: {} } },
    pluginManager: { plugins: [{ hooks: {} }, plugin] },
  };
  const apart = await bundle(pluginsOf(), 'apart');
  expect(await bundle(pluginsOf(serverless), 'at-once')).toEqual({ reads: 1, files: apart.files });
  expect(apart.reads).toBe(2);
  expect(apart.files[0]).toContain('functions/scan.ts');
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire, SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { build, type Plugin } from 'esbuild';
import type { LocalCloud } from '../../local/cloud.ts';
import { runCommand } from '../../local/setup/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Says from which file of the project or of a package a place in the bundle is; lines and columns begin at 0. */
export type SourceOf = (line: number, column: number) => string | undefined;

/** Deploys a function bundled as it always is, but for its names, which stay, so that a profile can be read. */
export async function deployReadable(cloud: LocalCloud, name: string): Promise<SourceOf> {
  const dir = await mkdtemp(join(tmpdir(), 'perennial-readable-'));
  const outfile = join(dir, 'functions', `${name}.mjs`);
  const plugins: Plugin[] = createRequire(import.meta.url)('../../resources/esbuild.cjs')();
  try {
    await build({
      entryPoints: [join(ROOT, 'functions', `${name}.ts`)],
      outfile,
      plugins,
      absWorkingDir: ROOT,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      sourcemap: 'external',
      banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    });
    const python = join(cloud.parts.venvBin, 'python');
    const zip = join(dir, 'code.zip');
    await runCommand(python, ['-m', 'zipfile', '-c', zip, 'functions'], { cwd: dir });
    await updateCode(cloud, name, await readFile(zip));
    const map = new SourceMap(JSON.parse(await readFile(`${outfile}.map`, 'utf8')));
    return (line, column) => (map.findEntry(line, column) as { originalSource?: string }).originalSource;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function updateCode({ endpoint }: LocalCloud, name: string, ZipFile: Uint8Array): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: `perennial-local-${name}`, ZipFile }));
  lambda.destroy();
}

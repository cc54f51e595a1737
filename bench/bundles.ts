import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../tools/check/package-stack.ts';
import { spreadOf } from './median.ts';

const ROOT = join(import.meta.dirname, '..');
const FUNCTIONS = [
  'scan',
  'renew',
  'deploy',
  'confirm',
  'acm',
  'probe',
  'notify',
  'chat',
  'doctor',
  'revoke',
  'status',
  'account',
];
const RUNS = 15;
const run = promisify(execFile);

export interface BundleFigures {
  /** Bytes of the zip that serverless package makes. */
  zipBytes: number;
  importMs: number;
  /** Import time over that of the S3 client alone in the same run: bundled and minified as it comes. */
  importRatio: number;
  /** The same over the S3 client trimmed as the functions are. */
  importRatioTrimmed: number;
}

/** Size and import time of each function, all in turn in every run, so that the machine's drift falls on all alike. */
export async function measureBundles(): Promise<Record<string, BundleFigures>> {
  const dir = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
  const packageDir = join(dir, 'package');
  try {
    const template = await packageStack({
      stage: 'production',
      folder: packageDir,
      params: SAMPLE_PARAMS,
      bundlesAnew: true,
    });
    const environment = environmentOf(await readTemplate(template));
    const trim: Plugin[] = createRequire(import.meta.url)('../resources/esbuild.cjs')();
    const plain = await bundleS3Alone(join(dir, 's3.mjs'), []);
    const trimmed = await bundleS3Alone(join(dir, 's3-trimmed.mjs'), trim);
    for (const name of FUNCTIONS)
      await run('python3', ['-m', 'zipfile', '-e', join(packageDir, `${name}.zip`), join(dir, name)]);
    const files = new Map([
      ['s3', plain],
      ['s3-trimmed', trimmed],
      ...FUNCTIONS.map((name) => [name, join(dir, name, 'functions', `${name}.mjs`)] as const),
    ]);
    const times = new Map([...files.keys()].map((name) => [name, [] as number[]]));
    for (let index = 0; index < RUNS; index += 1) {
      for (const [name, file] of files) times.get(name)?.push(await importTime(file, environment));
    }
    const median = (name: string) => spreadOf(times.get(name) ?? []).median;
    const figures = FUNCTIONS.map(async (name) => {
      const { size } = await stat(join(packageDir, `${name}.zip`));
      const importMs = median(name);
      const importRatio = importMs / median('s3');
      return [
        name,
        { zipBytes: size, importMs, importRatio, importRatioTrimmed: importMs / median('s3-trimmed') },
      ] as const;
    });
    return Object.fromEntries(await Promise.all(figures));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The S3 client with the commands that every function uses. */
async function bundleS3Alone(outfile: string, plugins: Plugin[]): Promise<string> {
  const contents = `import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
    export const used = [GetObjectCommand, ListObjectsV2Command, PutObjectCommand, new S3Client()];`;
  await build({
    stdin: { contents, resolveDir: ROOT, loader: 'js' },
    outfile,
    plugins,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  });
  return outfile;
}

/** What the functions read while they are imported: as the template has it, with a word for what only AWS knows. */
function environmentOf(resources: Record<string, Resource>): NodeJS.ProcessEnv {
  const functions = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const variables = functions.flatMap(({ Properties }) =>
    Object.entries(Properties.Environment?.Variables ?? {}),
  );
  const texts = variables.map(([name, value]) => [name, typeof value === 'string' ? value : 'bench']);
  return { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...Object.fromEntries(texts) };
}

/** Milliseconds to import a module in a new process. */
async function importTime(file: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t); process.exit()`;
  const options = { env: environment, timeout: 30_000 };
  const started = run(process.execPath, ['--input-type=module', '-e', script], options);
  // A stack trace begins with the source, which is one line of hundreds of kilobytes here.
  const { stdout } = await started.catch(({ stderr = '' }) => {
    const [why] = String(stderr).match(/^\w*Error: .{0,300}/m) ?? ['it ended with an error'];
    throw new Error(`${file} cannot be imported: ${why}`);
  });
  return Number(stdout);
}

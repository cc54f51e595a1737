import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const keeping = createRequire(import.meta.url)('../../../local/bundles/keep.cjs');
const PACK = 'before:package:createDeploymentArtifacts';
const FILES = [
  'functions/scan.ts',
  'lib/scan/rules/plan.ts',
  'resources/esbuild.cjs',
  'resources/stubs/axios.cjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
let project: string;
let made: number;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'perennial-bundles-'));
  made = 0;
  for (const file of FILES) write(file, `of ${file}`);
});

afterEach(() => rmSync(project, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), text);
}

/** As serverless-esbuild works: zips in a folder of its own, which the functions name. */
class Bundler {
  workDirPath = join(project, '.esbuild');
  serviceDirPath = project;
  serverless: { service: Service };
  hooks = {
    [PACK]: async () => {
      made += 1;
      for (const [name, one] of Object.entries(this.functions)) {
        write(`.esbuild/.serverless/${name}.zip`, `zip ${made}`);
        one.package = { artifact: `.esbuild/.serverless/${name}.zip` };
      }
    },
  };
  constructor(serverless: { service: Service }) {
    this.serverless = serverless;
  }
  get functions() {
    return this.serverless.service.functions;
  }
  prepare() {}
}

const service = () => ({
  functions: { scan: { handler: 'functions/scan.handler' } } as Record<string, Function>,
  package: { individually: true },
  provider: { runtime: 'nodejs24.x', environment: { DOMAINS: 'example.com' } },
  custom: { esbuild: { minify: true }, params: { bundled: {} as Record<string, string> } },
});
type Service = ReturnType<typeof service>;
interface Function {
  handler: string;
  package?: { artifact: string };
}

/** What is in the zip of scan after a run of serverless with this changed. */
async function pack(change: (changed: Service) => void = () => {}): Promise<string> {
  rmSync(join(project, '.esbuild'), { recursive: true, force: true });
  const changed = service();
  change(changed);
  const Keeping = keeping(Bundler, join(project, '.local/bundles'));
  await new Keeping({ service: changed }).hooks[PACK]();
  const { artifact = '' } = changed.functions.scan?.package ?? {};
  return readFileSync(join(project, artifact), 'utf8');
}

describe('bundles', () => {
  it('are made once for the same files and options', async () => {
    expect([await pack(), await pack(), await pack()]).toEqual(['zip 1', 'zip 1', 'zip 1']);
  });

  it('are the same for another template', async () => {
    await pack();
    expect(
      await pack(({ provider }) => Object.assign(provider.environment, { DOMAINS: 'example.net' })),
    ).toBe('zip 1');
  });

  it.each(FILES)('are made anew when %s has changed, and taken again when it is as before', async (file) => {
    await pack();
    write(file, 'changed');
    expect(await pack()).toBe('zip 2');
    write(file, `of ${file}`);
    expect(await pack()).toBe('zip 1');
  });

  it('are made anew when a file is new', async () => {
    await pack();
    write('lib/scan/rules/plan/index.ts', 'new');
    expect(await pack()).toBe('zip 2');
  });

  it('are made anew when a file has another name', async () => {
    await pack();
    renameSync(join(project, 'lib/scan/rules/plan.ts'), join(project, 'lib/scan/rules/plans.ts'));
    expect(await pack()).toBe('zip 2');
  });

  it.each<[string, (changed: Service) => void]>([
    ['option of esbuild', ({ custom }) => Object.assign(custom.esbuild, { minify: false })],
    ['setting that is bundled', ({ custom }) => Object.assign(custom.params.bundled, { DOMAINS: 'a.test' })],
    ['runtime', ({ provider }) => Object.assign(provider, { runtime: 'nodejs26.x' })],
    [
      'handler',
      ({ functions }) => Object.assign(functions, { scan: { handler: 'functions/renew.handler' } }),
    ],
    [
      'function',
      ({ functions }) => Object.assign(functions, { renew: { handler: 'functions/renew.handler' } }),
    ],
    ['packaging', (changed) => Object.assign(changed.package, { patterns: ['more/**'] })],
  ])('are made anew for another %s', async (_, change) => {
    await pack();
    expect(await pack(change)).toBe('zip 2');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSetup } from '../../local/setup.ts';
import {
  lintArguments,
  type PackageOptions,
  packageStack,
  SAMPLE_ELSEWHERE,
  SAMPLE_PARAMS,
} from './package-stack.ts';
import { npmProgram, PROJECT, runTool } from './run-tool.ts';
import { writeSbom } from './sbom.ts';
import { runOnSecondEmulator } from './second-emulator/run.ts';

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one part, shows one line, and what was printed if it fails. */
async function part(title: string, run: () => Promise<unknown>): Promise<boolean> {
  const started = performance.now();
  try {
    await run();
    console.log(`ok     ${title} (${seconds(started)})`);
    return true;
  } catch (error) {
    console.log(`FAILED ${title} (${seconds(started)})`);
    console.log(error instanceof Error ? error.message : error);
    return false;
  }
}

/** Every part that is quick, each on its own, so that one run shows all that is wrong. Returns the titles of what failed. */
async function runParts(folder: string): Promise<string[]> {
  const venv = (program: string) => join(PROJECT, '.local/venv/bin', program);
  const templates: string[] = [];
  const packaged = async (stage: string, options: Partial<PackageOptions> = {}) => {
    templates.push(await packageStack({ ...options, stage, folder: join(folder, stage), bundlesAnew: true }));
  };
  const parts: [string, () => Promise<unknown>][] = [
    ['set-up', () => ensureSetup((line) => console.log(`       ${line}`))],
    ['format, lint and layers: biome', () => runTool(npmProgram('biome'), ['ci', '--colors=off', '.'])],
    ['types: tsc', () => runTool(npmProgram('tsc'), [])],
    ['unused code: knip', () => runTool(npmProgram('knip'), [])],
    ["the hosts' script and hooks: shellcheck", () => runTool(venv('shellcheck'), hostScripts())],
    ['serverless package --stage local', () => packaged('local')],
    ['serverless package --stage production', () => packaged('production', { params: SAMPLE_PARAMS })],
    ['serverless package --config serverless.hosts.yml', () => packaged('elsewhere', SAMPLE_ELSEWHERE)],
    [
      'what is bundled: .local/sbom.json, licences',
      () => writeSbom(join(folder, 'production/bundled'), join(PROJECT, '.local/sbom.json')),
    ],
    ['templates: cfn-lint', () => runTool(venv('cfn-lint'), lintArguments([...templates, AUTO_SCALING]))],
    ['the stack on a second emulator: MiniStack', () => runOnSecondEmulator()],
    [
      'planted faults where the branch changed something: npm run planted -- --change',
      () => runTool(process.execPath, ['test/planted/main.ts', '--change'], { limitMs: 900_000 }),
    ],
    [
      'mutants of what the branch changed: npm run mutants -- --change',
      () => runTool(process.execPath, ['tools/mutants/main.ts', '--change'], { limitMs: 600_000 }),
    ],
  ];
  const failed: string[] = [];
  for (const [title, run] of parts) if (!(await part(title, run))) failed.push(title);
  return failed;
}

/** Runs every test, and shows them as they go; the reporter's last line counts them and repeats `failed`. */
async function testsPass(failed: string[]): Promise<boolean> {
  const child = spawn(npmProgram('vitest'), ['run'], {
    cwd: PROJECT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, FAILED_CHECKS: failed.join('; ') },
  });
  // Ctrl-C reaches both; vitest has its servers to stop first.
  const wait = () => {};
  process.on('SIGINT', wait);
  const [status] = await once(child, 'close');
  process.off('SIGINT', wait);
  return status === 0;
}

const AUTO_SCALING = 'examples/first-boot/auto-scaling.yml';

function hostScripts(): string[] {
  const examples = ['hooks/*', 'first-boot/*', 'elastic-beanstalk/.platform/hooks/*/*'];
  const patterns = examples.map((pattern) => `examples/${pattern}.sh`);
  return ['lib/delivery/deployment/host/install.sh', ...globSync(patterns, { cwd: PROJECT })];
}

const folder = await mkdtemp(join(tmpdir(), 'perennial-check-'));
let failed: string[];
try {
  failed = await runParts(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
const passed = await testsPass(failed);
process.exitCode = passed && failed.length === 0 ? 0 : 1;

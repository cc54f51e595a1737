import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keepBundles } from '../../local/bundles/environment.ts';
import { WITHOUT_COLLECTING } from '../../local/deploy.ts';
import { packOnce } from '../../local/package.ts';
import { holdLock } from '../../local/setup/hold-lock.ts';
import { npmProgram, PROJECT, runTool } from './run-tool.ts';

/** What a stage without parameters of its own is packaged with, as `--param` gives it. */
export const SAMPLE_PARAMS: Readonly<Record<string, string>> = {
  contact: 'you@example.com',
  agreeToTerms: 'true',
  domains: 'example.com,example.net',
};

/** What a stack for hosts elsewhere is packaged with. */
export const SAMPLE_ELSEWHERE = {
  config: 'serverless.hosts.yml',
  params: { bucket: 'perennial-production-bucket-1a2b3c', bucketRegion: 'us-east-1' },
};

/** Where templates are linted for: a region of each partition, and those whose names have other forms. */
export const REGIONS = ['eu-central-1', 'ap-northeast-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'];

/** For cfn-lint. */
export const lintArguments = (templates: readonly string[]) => ['--regions', ...REGIONS, '--', ...templates];

export interface PackageOptions {
  stage: string;
  /** Another file than serverless.yml, of a stack without functions. */
  config?: string;
  /** Gets the template, the zips, and with `bundlesAnew` the paths of the files that are bundled, `bundled`. */
  folder: string;
  /** Takes no bundle that an earlier run made. */
  bundlesAnew?: boolean;
  params?: Readonly<Record<string, string>>;
}

/**
 * Runs `serverless package`, or takes what it made of the same files and parameters before, and returns the path of the
 * CloudFormation template. Throws ToolError with what it printed.
 */
export async function packageStack(options: PackageOptions): Promise<string> {
  const { stage, folder, config, params = {}, bundlesAnew = false } = options;
  // A package is the same wherever it goes.
  const variant = JSON.stringify([stage, params, config, bundlesAnew]);
  await packOnce({ projectDir: PROJECT, settings: process.env, variant, folder }, (packed) =>
    runServerless({ ...options, folder: packed }),
  );
  return join(folder, 'cloudformation-template-update-stack.json');
}

async function runServerless({ stage, params = {}, config, bundlesAnew, folder }: PackageOptions) {
  await mkdir(folder);
  // serverless empties its folder.
  const bundled = `${folder}.bundled`;
  await rm(bundled, { force: true });
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const other = config === undefined ? [] : ['--config', config];
  const args = ['package', ...other, '--stage', stage, '--package', folder, ...given];
  // esbuild works in a folder of the project, as a deploy from here does.
  await holdLock(join(PROJECT, '.serverless'), () =>
    runTool(npmProgram('serverless'), args, {
      env: {
        ...{
          ...WITHOUT_COLLECTING,
          ...(bundlesAnew ? { BUNDLED_FILES: bundled } : keepBundles(PROJECT, process.env)),
          SLS_TELEMETRY_DISABLED: '1',
          SLS_NOTIFICATIONS_MODE: 'off',
          AWS_REGION: 'us-east-1',
          PERENNIAL_SETTINGS: '',
        },
        // It leaves what it packs in the folder for temporary files.
        TMPDIR: folder,
      },
    }),
  );
  if (bundlesAnew && config === undefined) await rename(bundled, join(folder, 'bundled'));
}

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each resource type has its own shape
  Properties: any;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export async function readTemplate(file: string): Promise<Record<string, Resource>> {
  return JSON.parse(await readFile(file, 'utf8')).Resources;
}

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holdLock } from '../../local/setup/hold-lock.ts';
import { npmProgram, PROJECT, runTool } from './run-tool.ts';

/** What a stage without parameters of its own is packaged with, as `--param` gives it. */
export const SAMPLE_PARAMS: Readonly<Record<string, string>> = {
  contact: 'you@example.com',
  agreeToTerms: 'true',
  domains: 'example.com,example.net',
};

export interface PackageOptions {
  stage: string;
  /** Gets the template and the zips. */
  folder: string;
  params?: Readonly<Record<string, string>>;
  /** Gets the paths of the files that are bundled. */
  bundledFiles?: string;
}

/** Runs `serverless package` and returns the path of the CloudFormation template. Throws ToolError with what it printed. */
export async function packageStack({
  stage,
  folder,
  params = {},
  bundledFiles,
}: PackageOptions): Promise<string> {
  await mkdir(folder, { recursive: true });
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const args = ['package', '--stage', stage, '--package', folder, ...given];
  // esbuild works in a folder of the project, as a deploy from here does.
  await holdLock(join(PROJECT, '.serverless'), () =>
    runTool(npmProgram('serverless'), args, {
      // It leaves what it packs in the folder for temporary files.
      env: {
        ...{ SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', TMPDIR: folder },
        ...(bundledFiles !== undefined && { BUNDLED_FILES: bundledFiles }),
      },
    }),
  );
  return join(folder, 'cloudformation-template-update-stack.json');
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

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runServerlessQuietly, type ServerlessOptions, serverlessArguments } from './run-serverless.ts';
import type { Template } from './template.ts';

export interface Packed {
  /** Has the zips of the functions, each as `<function>.zip`. */
  folder: string;
  template: Template;
}

/** Packs the project with the settings of this folder, hands that to `use`, and removes it. Needs no AWS. */
export async function withPackage<Result>(
  options: ServerlessOptions,
  use: (packed: Packed) => Promise<Result>,
): Promise<Result> {
  const temporary = await mkdtemp(join(tmpdir(), 'perennial-package-'));
  const folder = join(temporary, 'package');
  try {
    await runServerlessQuietly(['package', '--package', folder, ...serverlessArguments(options)], temporary);
    const text = await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
    return await use({ folder, template: JSON.parse(text) });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

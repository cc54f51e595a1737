import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { withPackage } from '../project/package-project.ts';
import { ProjectError } from '../project/project-error.ts';
import { SUMS, TEMPLATE, writePlain } from '../project/write-plain.ts';

export interface TemplateOptions extends GlobalOptions {
  region?: string;
  output: string;
  param?: string[];
}

/** `perennial-tls template`: a plain CloudFormation template with the settings filled in, its zips and their checksums. */
export async function template({ stage, region, output, param }: TemplateOptions): Promise<Answer> {
  if ((await filesIn(output)).length > 0)
    throw new ProjectError('folder-not-empty', {
      seen: `${printable(output)} is not empty`,
      remedy: 'name another folder with --output',
    });
  const files = await withPackage({ stage, region, params: param }, (packed) => {
    if (!('Bucket' in packed.template.Resources))
      throw new ProjectError('settings-wrong', {
        seen: 'a plain template cannot take over a bucket, which is set up beside CloudFormation',
        remedy: 'deploy with "perennial-tls deploy", or leave out the setting bucket',
      });
    return writePlain(packed, output);
  });
  return { ok: true, json: { folder: output, files }, text: howToDeploy(output, stage ?? 'production') };
}

/** Of a folder that is made where there is none. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return await readdir(folder);
  } catch (error) {
    throw new ProjectError('folder-unusable', {
      seen: `${printable(folder)} cannot be made or read (${(error as NodeJS.ErrnoException).code})`,
      remedy: 'name a folder of yours with --output',
    });
  }
}

function howToDeploy(folder: string, stage: string): string {
  return [
    `wrote ${folder} (${TEMPLATE}, the functions' zips, ${SUMS}). To deploy it, with a bucket of yours in the region for CODE:`,
    `  (cd ${folder} && sha256sum --check ${SUMS})`,
    `  aws s3 cp --recursive ${folder} s3://CODE/perennial/`,
    `  aws cloudformation deploy --stack-name perennial-${stage} --template-file ${join(folder, TEMPLATE)} --s3-bucket CODE --capabilities CAPABILITY_NAMED_IAM --parameter-overrides CodeBucket=CODE CodePrefix=perennial/`,
  ].join('\n');
}

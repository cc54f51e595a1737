import { join } from 'node:path';
import { withPackage } from '../../cli/project/package-project.ts';
import { writePlain } from '../../cli/project/write-plain.ts';
import { runTool } from '../check/run-tool.ts';
import { parameterize, STAND_INS } from './parameterize.ts';

const PARAMS = [`contact=${STAND_INS.Contact}`, 'agreeToTerms=true', `domains=${STAND_INS.Domain}`];

/** Builds the plain template of a release, with the most needed settings as parameters, into `<folder>/<name>` and a tar of it. */
export async function buildTemplate(folder: string, version: string): Promise<string> {
  const name = `perennial-template-${version}`;
  // A person's own settings are no release's; the region tells nothing here.
  process.env.PERENNIAL_SETTINGS = '';
  await withPackage({ stage: 'production', region: 'us-east-1', params: PARAMS }, (packed) =>
    writePlain(packed, join(folder, name), parameterize),
  );
  await runTool('tar', ['-czf', `${name}.tar.gz`, name], { cwd: folder });
  return join(folder, name);
}

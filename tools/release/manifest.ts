import { type Locked, pinnedFor } from './pinned.ts';

/** A package.json, as far as a release looks at it. */
export interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  type: string;
  engines: Record<string, string>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** What a clone needs for development, and whoever deploys from the package needs there: `cli/`, `resources/` and serverless. */
const AT_DEPLOY = [
  '@aws-sdk/client-cloudformation',
  '@aws-sdk/client-cloudwatch-logs',
  '@aws-sdk/client-iam',
  '@aws-sdk/client-lambda',
  '@aws-sdk/s3-request-presigner',
  'cli-table3',
  'commander',
  'esbuild',
  'js-yaml',
  'listr2',
  'node',
  'serverless',
  'serverless-esbuild',
  'tldts',
];

/** What the files of the package load. */
export function directDependencies({ dependencies, devDependencies }: Manifest): Record<string, string> {
  const needed = AT_DEPLOY.map((one): [string, string] => {
    const asked = devDependencies[one];
    if (asked === undefined) throw new Error(`package.json has no ${one} among its development dependencies`);
    return [one, asked];
  });
  return { ...dependencies, ...Object.fromEntries(needed) };
}

/** The package.json that is released: what deploys and operates a stack, and nothing of the tests. */
export function packageManifest(project: Manifest, locked: Locked): Omit<Manifest, 'devDependencies'> {
  const { name, version, description, license, type, engines, bin } = project;
  const all = { ...pinnedFor(project.dependencies, locked), ...directDependencies(project) };
  const dependencies = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { name, version, description, license, type, engines, bin, dependencies };
}

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
  '@aws-sdk/client-iam',
  '@aws-sdk/client-lambda',
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

/** The package.json that is released: what deploys and operates a stack, and nothing of the tests. */
export function packageManifest(project: Manifest): Omit<Manifest, 'devDependencies'> {
  const { name, version, description, license, type, engines, bin, dependencies, devDependencies } = project;
  const needed = AT_DEPLOY.map((one): [string, string] => {
    const asked = devDependencies[one];
    if (asked === undefined) throw new Error(`package.json has no ${one} among its development dependencies`);
    return [one, asked];
  });
  const all = { ...dependencies, ...Object.fromEntries(needed) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { name, version, description, license, type, engines, bin, dependencies: sorted };
}

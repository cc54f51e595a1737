import { join } from 'node:path';

const PRELOAD = join(import.meta.dirname, 'preload.cjs');

/**
 * What has `serverless`, started with it added to `inherited`, keep the bundles of the project's functions for the next run, in
 * this process's KEPT_BUNDLES or in `.local`. For packages that no AWS gets.
 */
export function keepBundles(
  projectDir: string,
  { NODE_OPTIONS = '', KEPT_BUNDLES }: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    NODE_OPTIONS: `${NODE_OPTIONS} --require ${JSON.stringify(PRELOAD)}`.trim(),
    KEPT_BUNDLES: KEPT_BUNDLES ?? join(projectDir, '.local/bundles'),
  };
}

import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keepBundles } from '../../local/bundles/environment.ts';
import { WITHOUT_COLLECTING } from '../../local/deploy.ts';
import { PROJECT, runTool } from '../../tools/check/run-tool.ts';
import { buildPackage } from '../../tools/release/build-package.ts';

const LIMIT_MS = 300_000;

/**
 * Puts the released package into `folder/node_modules`, as npm does, with what its package.json asks for beside it and nothing
 * else: a package that it forgot would be missing. No registry is asked.
 */
export async function installPackage(folder: string): Promise<void> {
  const packed = join(folder, 'packed');
  await mkdir(packed, { recursive: true });
  const tarball = await buildPackage(packed);
  const installed = join(folder, 'node_modules/perennial-tls');
  await mkdir(installed, { recursive: true });
  await runTool('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const place = join(folder, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(PROJECT, 'node_modules', name), place);
  }
}

/** Runs the installed `perennial-tls` in a folder: its status and all that it printed. What one run bundles the next ones take. */
export function runInstalled(
  args: readonly string[],
  { folder, env }: { folder: string; env: Record<string, string> },
): Promise<{ status: number; printed: string }> {
  const { AWS_PROFILE: _, PERENNIAL_SETTINGS: __, ...inherited } = process.env;
  const program = join(folder, 'node_modules/perennial-tls/cli/perennial.mjs');
  const packed = join(folder, 'packed');
  const kept = keepBundles(PROJECT, { ...inherited, KEPT_BUNDLES: join(packed, 'bundles') });
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      timeout: LIMIT_MS,
      maxBuffer: 50_000_000,
      env: {
        ...{ ...inherited, ...env, ...kept, ...WITHOUT_COLLECTING },
        SLS_AWS_MONITORING_FREQUENCY: '100',
        TMPDIR: packed,
      },
    };
    const child = execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? (error ? 1 : 0)), printed: `${stdout}${stderr}` }),
    );
    child.stdin?.end();
  });
}

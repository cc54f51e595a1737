import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holdLock } from './setup/hold-lock.ts';

export interface PackageOptions {
  projectDir: string;
  /** what `serverless` gets in addition to this process's environment */
  env: Record<string, string>;
  /** gets the package */
  folder: string;
}

/** Settings that differ between clouds, and what is packed in their place: text that is nowhere else. */
const STAND_INS = {
  DIRECTORY_URL: 'https://127.0.0.1:64998/stand-in',
  DNS_PORT: '64999',
  PROBE_PRIVATE_PORTS: '64997',
};
const HAVE_STAND_INS = ['cloudformation-template-update-stack.json', 'serverless-state.json'];
const NOT_PACKED = ['node_modules', 'test', 'docs', 'bench', '.local', '.git', '.serverless', '.esbuild'];
const KEPT_MS = 86_400_000;

/** Packs the project for a cloud with `run`, or takes what was packed before of the same files with the same settings. */
export async function packageProject(
  { projectDir, env, folder }: PackageOptions,
  run: (args: string[], env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const settings: Record<string, string | undefined> = { ...process.env, ...env };
  await packOnce({ projectDir, settings: { ...settings, ...STAND_INS }, folder }, (packed) =>
    run(['package', '--package', packed], { ...env, ...STAND_INS }),
  );
  for (const file of HAVE_STAND_INS) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), fillStandIns(text, settings));
  }
}

/** A cloud's settings in a text that was packed with stand-ins for them. */
export function fillStandIns(text: string, settings: Record<string, string | undefined>): string {
  return Object.entries(STAND_INS).reduce(
    (filled, [name, standIn]) => filled.replaceAll(standIn, settings[name] ?? ''),
    text,
  );
}

export interface PackOnceOptions {
  projectDir: string;
  /** the environment that it is packed with */
  settings: Record<string, string | undefined>;
  /** what else makes a package another one */
  variant?: string;
  /** gets the package */
  folder: string;
}

/** Copies to `folder` what `pack` put into a folder for the same files, settings and variant, now or within the last day. */
export async function packOnce(
  { projectDir, settings, variant = '', folder }: PackOnceOptions,
  pack: (folder: string) => Promise<unknown>,
): Promise<void> {
  const store = join(projectDir, '.local/packages');
  const packed = join(store, await keyOf(projectDir, settings, variant));
  await holdLock(store, async () => {
    if (!existsSync(packed)) {
      await mkdir(store, { recursive: true });
      await removeOld(store);
      await rm(`${packed}.new`, { recursive: true, force: true });
      await pack(`${packed}.new`);
      await rename(`${packed}.new`, packed);
    }
    await cp(packed, folder, { recursive: true });
  });
}

/** A hash of the project's files and of the settings that it takes from the environment. */
async function keyOf(
  projectDir: string,
  settings: Record<string, string | undefined>,
  variant: string,
): Promise<string> {
  const hash = createHash('sha256').update(variant);
  const exclude = ({ name }: { name: string }) => NOT_PACKED.includes(name) || name.endsWith('.md');
  const files: string[] = [];
  for await (const entry of glob('**', { cwd: projectDir, withFileTypes: true, exclude }))
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(await readFile(file));
  const configuration = await readFile(join(projectDir, 'serverless.yml'), 'utf8');
  for (const [, name = ''] of configuration.matchAll(/\$\{env:(\w+)/g))
    hash.update(`\0${name}=${settings[name]}`);
  return hash.digest('hex').slice(0, 32);
}

async function removeOld(store: string): Promise<void> {
  for (const name of await readdir(store)) {
    const { mtimeMs } = await stat(join(store, name));
    if (mtimeMs < Date.now() - KEPT_MS) await rm(join(store, name), { recursive: true });
  }
}

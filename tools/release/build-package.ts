import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT, runTool } from '../check/run-tool.ts';
import { packageManifest } from './manifest.ts';

/** What deploys and operates a stack, and what there is to read about it. */
const CONTENT = [
  ...['cli', 'lib', 'functions', 'resources', 'events', 'docs', 'examples', 'tools/schema'],
  ...['serverless.yml', 'serverless.hosts.yml', 'settings.example.yml'],
  ...['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'],
];
const LEFT_OUT = /[/\\]docs[/\\]images$|[/\\]node_modules$|[/\\]tools[/\\]schema[/\\][^/\\]+\.ts$/;

/** Packs the npm package into a folder, and returns its path. Asks no registry. */
export async function buildPackage(folder: string): Promise<string> {
  const content = join(folder, 'content');
  await rm(content, { recursive: true, force: true });
  await mkdir(content, { recursive: true });
  for (const path of CONTENT)
    await cp(join(PROJECT, path), join(content, path), {
      recursive: true,
      filter: (source) => !LEFT_OUT.test(source),
    });
  const readJson = async (file: string) => JSON.parse(await readFile(join(PROJECT, file), 'utf8'));
  const { packages } = await readJson('package-lock.json');
  const manifest = packageManifest(await readJson('package.json'), packages);
  await writeFile(join(content, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await runTool('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: content });
  await rm(content, { recursive: true });
  return join(folder, `${manifest.name}-${manifest.version}.tgz`);
}

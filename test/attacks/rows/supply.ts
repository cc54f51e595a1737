import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PIP_INSTALL } from '../../../local/setup/python.ts';
import { ensureSetup } from '../../../local/setup.ts';
import { complaintsAboutLock, type LockedPackages } from '../../../tools/check/locked-packages.ts';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { isAllowed, pick } from '../../../tools/check/sbom.ts';
import type { Attack } from '../attack.ts';

const run = promisify(execFile);
const readJson = async (file: string) => JSON.parse(await readFile(join(PROJECT, file), 'utf8'));
const sha = (algorithm: 'sha256' | 'sha512', bytes: Buffer, as: 'hex' | 'base64') =>
  createHash(algorithm).update(bytes).digest(as);

async function inFolder(attack: (folder: string) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-supply-'));
  try {
    return await attack(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without what npm gives its scripts: it names the project that they are of, and `npm ci` would empty that one. */
const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name)));

/** npm in that folder, and in no other. */
const npm = (folder: string, ...args: string[]) =>
  run('npm', ['--prefix', folder, '--offline', ...args], { cwd: folder, env: environment() });

/** The lines that a program ends with when it is refused. */
async function refusalOf(running: Promise<unknown>): Promise<string> {
  return running.then(
    () => assert.fail('it went through'),
    ({ stdout = '', stderr = '' }) => `${stdout}${stderr}`,
  );
}

export const SUPPLY: readonly Attack[] = [
  {
    tried: 'changes a package behind its hash in the lockfile',
    must: 'the installation refuses it (`EINTEGRITY`)',
    quick: true,
    run: () =>
      inFolder(async (folder) => {
        const manifest = { name: 'evil', version: '1.0.0' };
        await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
        await npm(folder, 'pack');
        const tarball = await readFile(join(folder, 'evil-1.0.0.tgz'));
        const project = { name: 'project', version: '1.0.0', dependencies: { evil: 'file:evil-1.0.0.tgz' } };
        await writeFile(join(folder, 'package.json'), JSON.stringify(project));
        const lockedWith = async (integrity: string) => {
          const resolved = 'file:evil-1.0.0.tgz';
          const packages = { '': project, 'node_modules/evil': { version: '1.0.0', resolved, integrity } };
          const lock = { name: 'project', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
          await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
        };
        await lockedWith(`sha512-${sha('sha512', tarball, 'base64')}`);
        await npm(folder, 'ci', '--ignore-scripts');
        await lockedWith(`sha512-${sha('sha512', Buffer.from('what was looked at'), 'base64')}`);
        assert.match(await refusalOf(npm(folder, 'ci', '--ignore-scripts')), /EINTEGRITY/);
        return 'EINTEGRITY';
      }),
  },
  {
    tried:
      'takes the hash of a package out of the lockfile, gives it an address of his, or adds one with an install script',
    must: 'the tests refuse the lockfile, with the package named',
    quick: true,
    async run() {
      const { workspaces, allowScripts } = await readJson('package.json');
      const packages: LockedPackages = (await readJson('package-lock.json')).packages;
      const spoil = (change: object) => ({
        ...packages,
        'node_modules/zod': { ...packages['node_modules/zod'], ...change },
      });
      const changes = [
        { integrity: undefined },
        { resolved: 'https://evil.example/zod.tgz' },
        { hasInstallScript: true },
      ];
      for (const change of changes) {
        const complaints = complaintsAboutLock(spoil(change), { workspaces, allowScripts });
        assert.equal(complaints.length, 1, JSON.stringify(change));
        assert.match(complaints[0] ?? '', /^node_modules\/zod /);
      }
      assert.deepEqual(complaintsAboutLock(packages, { workspaces, allowScripts }), []);
      return `${changes.length} refused`;
    },
  },
  {
    tried: 'changes a Python package behind its hash, or has one bring another along that has none',
    must: 'pip refuses, as `local/` runs it',
    quick: true,
    run: () =>
      inFolder(async (folder) => {
        const python = join((await ensureSetup()).venvBin, 'python');
        const wheel = `import sys, zipfile
for name, needs in (('evil', 'Requires-Dist: friend\\n'), ('friend', '')):
    with zipfile.ZipFile(f'{name}-1.0-py3-none-any.whl', 'w') as made:
        info = f'{name}-1.0.dist-info'
        made.writestr(f'{name}.py', '')
        made.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n{needs}')
        made.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        made.writestr(f'{info}/RECORD', '')`;
        await run(python, ['-c', wheel], { cwd: folder });
        const hash = sha('sha256', await readFile(join(folder, 'evil-1.0-py3-none-any.whl')), 'hex');
        const refused = async (line: string) => {
          await writeFile(join(folder, 'requirements.txt'), `${line}\n`);
          const args = [
            '--no-index',
            '--find-links',
            folder,
            '--target',
            'out',
            '--requirement',
            'requirements.txt',
          ];
          return refusalOf(run(python, [...PIP_INSTALL, ...args], { cwd: folder }));
        };
        assert.match(await refused(`evil==1.0 --hash=sha256:${'0'.repeat(64)}`), /DO NOT MATCH THE HASHES/);
        assert.match(await refused(`evil==1.0 --hash=sha256:${hash}`), /require-hashes/);
        assert.match(await refused('evil==1.0'), /require-hashes/);
        return '3 refused';
      }),
  },
  {
    tried: 'has something bundled that is not in the lockfile, or whose licence asks for more than its text',
    must: 'the check fails, with the package named',
    quick: true,
    async run() {
      const component = { 'bom-ref': 'a@1.0.0', name: 'a', version: '1.0.0' };
      const sbom = { components: [component], dependencies: [] };
      assert.throws(
        () => pick(sbom, new Set(['a@1.0.0', 'evil@1.0.0'])),
        /not in the lockfile: evil@1\.0\.0/,
      );
      for (const licence of ['AGPL-3.0-only', 'MIT AND GPL-3.0', 'SEE LICENSE IN evil', 'unknown', ''])
        assert.equal(isAllowed(licence), false, licence);
      return '6 refused';
    },
  },
];

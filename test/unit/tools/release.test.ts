// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { complaintsAboutRelease, type ReleaseFacts } from '../../../tools/release/check-release.ts';
import { directDependencies, packageManifest } from '../../../tools/release/manifest.ts';
import { parameterize, STAND_INS } from '../../../tools/release/parameterize.ts';
import { type Locked, pinnedFor } from '../../../tools/release/pinned.ts';

const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const project = JSON.parse(read('package.json'));
const released = packageManifest(project, JSON.parse(read('package-lock.json')).packages);

describe('the package of a release', () => {
  it('asks for every package that its files load, and nothing that they do not', () => {
    const files = globSync('{cli,lib,functions,resources}/**/*.{ts,mjs,cjs}', { cwd: PROJECT });
    const loaded = files.flatMap((file) =>
      [...read(file).matchAll(/(?:from |import\(|require\(|resolve\()'((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
        ([, name = '']) => name,
      ),
    );
    const plugins = [...read('serverless.yml').matchAll(/^ {2}- (serverless-[\w-]+)$/gm)].map(
      ([, name = '']) => name,
    );
    // What starts the program, what serverless-esbuild builds with or brings, and what a stub stands in for.
    const started = ['node', 'esbuild'];
    const stubbed = ['archiver', '@aws-sdk/credential-provider-env', 'node-forge', 'axios', 'aws-lambda'];
    const needed = [...loaded, ...plugins, ...started].filter(
      (name) => !name.startsWith('node:') && !builtinModules.includes(name) && !stubbed.includes(name),
    );
    expect(Object.keys(directDependencies(project)).sort()).toEqual([...new Set(needed)].sort());
  });

  it('has the versions that this project is tested with, and no development dependency', () => {
    for (const [name, version] of Object.entries(directDependencies(project)))
      expect({ ...project.devDependencies, ...project.dependencies }[name]).toBe(version);
    expect(released).not.toHaveProperty('devDependencies');
    expect(released).not.toHaveProperty('private');
  });
});

describe('what the packages of the functions need in turn', () => {
  const locked: Locked = {
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^1', c: '^1' } },
    'node_modules/a/node_modules/b': { version: '1.1.0', dependencies: { c: '^1' } },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/c': {
      version: '1.2.0',
      optionalDependencies: { d: '1', gone: '1' },
      dependencies: { b: '^2' },
    },
    'node_modules/d': { version: '1.3.0', os: ['linux'], peerDependencies: { f: '^1' } },
    'node_modules/e': { version: '9.0.0' },
    'node_modules/f': { version: '1.4.0', dependencies: { a: '^1' } },
  };

  it('has the version that is locked, and nothing of one system alone', () => {
    expect(pinnedFor({ a: '1.0.0' }, locked)).toEqual({ a: '1.0.0', b: '2.0.0', c: '1.2.0', f: '1.4.0' });
  });

  it('is in the package of a release', () => {
    const lock = JSON.parse(read('package-lock.json')).packages;
    expect(released.dependencies['@smithy/core']).toBe(lock['node_modules/@smithy/core'].version);
    for (const [name, version] of Object.entries(pinnedFor(project.dependencies, lock)))
      expect(released.dependencies[name]).toBe(version);
  });
});

const READY: ReleaseFacts = {
  version: '1.2.3',
  locked: '1.2.3',
  changelog:
    '# Changelog\n\n## Unreleased\n\n## 1.2.3 – 2027-01-31\n\n- Something.\n\n## 1.2.2 – 2027-01-01\n',
  tags: ['v1.2.3'],
  changed: [],
};

describe('a release', () => {
  it('is made of a commit with the tag of its version, and of a changelog that has it', () => {
    expect(complaintsAboutRelease(READY)).toEqual([]);
    expect(
      complaintsAboutRelease({
        ...READY,
        version: '2.0.0-rc.1',
        locked: '2.0.0-rc.1',
        changelog: '## 2.0.0-rc.1 – 2027-02-01\n',
        tags: ['v2.0.0-rc.1'],
      }),
    ).toEqual([]);
  });

  it.each<[string, Partial<ReleaseFacts>, string]>([
    ['without its tag', { tags: ['v1.2.2'] }, 'the commit has no tag v1.2.3; make it with "git tag v1.2.3"'],
    [
      'with files that are not committed',
      { changed: ['lib/a.ts'] },
      'git: 1 files are not as committed (lib/a.ts)',
    ],
    [
      'with another version in the changelog',
      { version: '1.2.4', locked: '1.2.4', tags: ['v1.2.4'] },
      'the newest release is 1.2.3, and package.json has 1.2.4',
    ],
    ['without a date', { changelog: '## 1.2.3 – unreleased\n' }, '1.2.3 has no date'],
    [
      'with changes that are in no release',
      { changelog: READY.changelog.replace('Unreleased\n', 'Unreleased\n\n- More.\n') },
      '"Unreleased" is not empty',
    ],
    [
      'with a version that is none',
      { version: '1.2', locked: '1.2', changelog: '## 1.2 – 2027-01-31\n', tags: ['v1.2'] },
      '"1.2" is no version',
    ],
    [
      'with another version in the lock file',
      { locked: '1.2.2' },
      'package-lock.json: it has 1.2.2, and package.json has 1.2.3; run "npm install"',
    ],
    ['without a changelog', { changelog: '' }, 'the newest release is none'],
  ])('%s is not ready', (_, more, complaint) => {
    expect(complaintsAboutRelease({ ...READY, ...more })).toEqual([expect.stringContaining(complaint)]);
  });
});

it('package.json, the lock file and the changelog are of one dated release, with what came since above it', () => {
  const changelog = read('CHANGELOG.md').replace(/(^## Unreleased\n)[\s\S]*?(?=^## )/m, '$1\n');
  const { version: locked } = JSON.parse(read('package-lock.json'));
  const tags = [`v${project.version}`];
  expect(complaintsAboutRelease({ version: project.version, locked, changelog, tags, changed: [] })).toEqual(
    [],
  );
  const releases = [...changelog.matchAll(/^## (?!Unreleased)(.*)$/gm)].map(([, title = '']) => title);
  for (const title of releases) expect(title).toMatch(/^\d+\.\d+\.\d+ – \d{4}-\d\d-\d\d$/);
});

describe('the plain template of a release', () => {
  const { Contact, Domain } = STAND_INS;
  const made = parameterize({
    Parameters: { CodeBucket: { Type: 'String' } },
    Resources: {
      Scan: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Environment: {
            Variables: { CONTACT: Contact, DOMAINS: Domain, AGREE_TO_TERMS: 'true', OTHER: 'a' },
          },
        },
      },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Names: [`_acme-challenge.${Domain}`, `*.${Domain}`, '${literal}'],
          Sub: { 'Fn::Sub': `\${AWS::Partition} ${Domain}` },
          List: { 'Fn::Sub': [`\${a} ${Domain}`, { a: Contact }] },
          Mixed: `\${as it is} ${Domain}`,
        },
      },
    },
  });

  it('has parameters in the place of the settings, in texts and in Sub', () => {
    expect(made.Resources.Scan?.Properties.Environment).toEqual({
      Variables: {
        ...{
          CONTACT: { Ref: 'Contact' },
          DOMAINS: { Ref: 'Domain' },
          AGREE_TO_TERMS: { Ref: 'AgreeToTerms' },
        },
        OTHER: 'a',
      },
    });
    expect(made.Resources.Policy?.Properties).toEqual({
      Names: [{ 'Fn::Sub': '_acme-challenge.${Domain}' }, { 'Fn::Sub': '*.${Domain}' }, '${literal}'],
      Sub: { 'Fn::Sub': '${AWS::Partition} ${Domain}' },
      List: { 'Fn::Sub': ['${a} ${Domain}', { a: { Ref: 'Contact' } }] },
      Mixed: { 'Fn::Sub': '${!as it is} ${Domain}' },
    });
  });

  it('asks for what has no default, and for the bucket with the code', () => {
    expect(Object.keys(made.Parameters ?? {})).toEqual(['Contact', 'AgreeToTerms', 'Domain', 'CodeBucket']);
  });

  it('is refused where a setting is in the name of a resource', () => {
    const Resources = { [Domain]: { Type: 'AWS::SQS::Queue', Properties: {} } };
    expect(() => parameterize({ Resources })).toThrow('stands where no parameter can');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRoot } from '../fakes/roots.ts';

const require = createRequire(import.meta.url);
const checkParams = require('../../resources/params.cjs');
const { parseSettings } = require('../../resources/settings.cjs');

const NEEDED = 'contact: you@example.com\n  agreeToTerms: true\n  domains: [example.com]';
const DEFAULTS = {
  ...{ challengeTargets: [], fallbackDirectoryUrls: [], hostGroups: {}, hostRoles: {}, zoneRoles: {} },
  ...{ kmsKeyArn: '', ordersPerRun: 100, checkEveryHours: 1, alsoAllow: ['amazon.com'] },
};
const PRODUCTION_CA = 'https://ca.test/production';
const STAGING_CA = 'https://ca.test/staging';
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perennial-settings-'));
  file = join(folder, 'settings.yml');
});

afterEach(() => {
  process.env.PERENNIAL_SETTINGS = '';
  rmSync(folder, { recursive: true });
});

/** Serverless' answers to variables: of a stage, with `params` in serverless.yml and what --param gives. */
function serverless(stage: string, params: Record<string, unknown> = {}, given: Record<string, string> = {}) {
  const all: Record<string, unknown> = { ...DEFAULTS, ...params, ...given };
  return {
    options: { param: Object.entries(given).map(([name, value]) => `${name}=${value}`) },
    resolveVariable: async (variable: string) => {
      const name = variable.replace(/, null$/, '');
      if (name === 'sls:stage') return stage;
      if (name === 'self:params.staging.directoryUrl') return STAGING_CA;
      return all[name.replace(/^param:/, '')] ?? null;
    },
  };
}

/** What a stage is deployed with. */
function taken(yml: string, ...given: Parameters<typeof serverless>) {
  writeFileSync(file, yml);
  process.env.PERENNIAL_SETTINGS = file;
  return checkParams(serverless(...given));
}

describe('settings.yml', () => {
  it('gives what has no default, so that nothing has to be given to serverless', async () => {
    expect(await taken(`default:\n  ${NEEDED}\n`, 'production')).toMatchObject({
      contact: 'you@example.com',
      domains: 'example.com',
      ordersPerRun: '100',
    });
  });

  it('counts before serverless.yml, and --param before both', async () => {
    const yml = `default:\n  ${NEEDED}\n  ordersPerRun: 7\n  checkEveryHours: 2\n`;
    const params = { contact: 'old@example.com', ordersPerRun: 5, tags: { team: 'web' } };
    expect(await taken(yml, 'production', params, { checkEveryHours: '3' })).toMatchObject({
      ...{ contact: 'you@example.com', ordersPerRun: '7', checkEveryHours: '3', tags: { team: 'web' } },
    });
  });

  it('has a section for a stage, which counts before the one for all', async () => {
    const yml = `default:\n  ${NEEDED}\n  ordersPerRun: 7\nstaging:\n  ordersPerRun: 3\n`;
    expect(await taken(yml, 'staging')).toMatchObject({ ordersPerRun: '3', contact: 'you@example.com' });
    expect(await taken(yml, 'production')).toMatchObject({ ordersPerRun: '7' });
  });

  it("never sends staging to production's CA", async () => {
    const own = `directoryUrl: ${PRODUCTION_CA}\n  fallbackDirectoryUrls: ["${PRODUCTION_CA}"]`;
    const yml = `default:\n  ${NEEDED}\n  ${own}\n`;
    const params = { directoryUrl: STAGING_CA };
    expect(await taken(yml, 'staging', params)).toMatchObject({
      directoryUrl: STAGING_CA,
      fallbackDirectoryUrls: '',
    });
    expect(await taken(yml, 'production', params)).toMatchObject({
      directoryUrl: PRODUCTION_CA,
      fallbackDirectoryUrls: PRODUCTION_CA,
    });
    const another = `${yml}staging:\n  directoryUrl: https://ca.test/another\n`;
    expect(await taken(another, 'staging', params)).toMatchObject({
      directoryUrl: 'https://ca.test/another',
    });
  });

  it('leaves the cloud of npm run local alone, but for a section of its own', async () => {
    const yml = `default:\n  ${NEEDED}\n  ordersPerRun: 7\n`;
    const params = { contact: 'local@example.com', agreeToTerms: true, domains: ['example.net'] };
    expect(await taken(yml, 'local', params)).toMatchObject({ domains: 'example.net', ordersPerRun: '100' });
    const own = `${yml}local:\n  ordersPerRun: 5\n`;
    expect(await taken(own, 'local', params)).toMatchObject({ domains: 'example.net', ordersPerRun: '5' });
  });

  it.each(['stage', 'staging2', 'staging-eu', 'production-eu', 'prod', 'test', 'acceptance'])(
    'takes %s as a stage of its own',
    async (stage) => {
      const text = `default:\n  ${NEEDED}\n${stage}:\n  ordersPerRun: 7\n`;
      expect((await taken(text, stage)).ordersPerRun).toBe('7');
    },
  );

  it('names roots by a file beside it', async () => {
    writeFileSync(join(folder, 'roots.pem'), await makeRoot());
    const { caRoots } = await taken(`default:\n  ${NEEDED}\n  caRoots: roots.pem\n`, 'production');
    expect(caRoots.length).toBeGreaterThan(300);
  });

  it.each([
    [
      'an unknown key',
      'default:\n  contcat: a@b.test',
      'default: unknown key "contcat" (did you mean contact?)',
    ],
    [
      'a key of a group',
      'default:\n  hostGroups: { web: { prot: 1 } }',
      'default.hostGroups.web: unknown key "prot" (did you mean port?)',
    ],
    ['a wrong value', 'default:\n  contact: me', 'default.contact: must be one mail address'],
    ['a wrong type', 'default:\n  domains: example.com', 'default.domains: must be a list'],
    [
      'a wrong value of another stage',
      'staging:\n  ordersPerRun: 0',
      'staging.ordersPerRun: must be a whole number',
    ],
    [
      'settings without a section',
      'contact: a@b.test',
      '"contact" stands beside the sections; put it below "default:"',
    ],
    ['a misspelt default', 'defualt:\n  contact: a@b.test', '"defualt" would be a stage; write "default:"'],
    [
      'a misspelt stage',
      'stagin:\n  contact: a@b.test',
      '"stagin" would be a stage of its own (did you mean staging?); to keep this name, add a section "staging: {}" too; mend it there',
    ],
    [
      'production misspelt',
      'Prodction: {}',
      '"Prodction" would be a stage of its own (did you mean production?)',
    ],
    [
      'a list of groups',
      'default:\n  hostGroups: [web]',
      'default.hostGroups: must be a mapping (key: value)',
    ],
    ['a number for a text', 'default:\n  bucket: 1', 'default.bucket: must be text'],
    ['yes for true', 'default:\n  agreeToTerms: yes', 'default.agreeToTerms: must be true or false'],
    ['a text for a number', 'default:\n  ordersPerRun: many', 'default.ordersPerRun: must be a number'],
    ['a list', '- contact', 'has no sections; begin with "default:"'],
    ['a variable', `default:\n  kmsKeyArn: ${'$'}{env:KEY}`, 'default.kmsKeyArn: has a variable'],
    ['no YAML', 'default:\n  contact: [', 'line 3: '],
    [
      'a key twice',
      'default:\n  contact: a@b.test\n  contact: c@d.test',
      'line 3: "contact" stands twice in default; leave out one',
    ],
    ['a file that is not there', 'default:\n  caRoots: no.pem', 'default.caRoots: there is no file'],
    ['two documents', 'default: {}\n---\nstaging: {}', 'has two documents; leave out the line "---"'],
    ['an alias of itself', 'default: &all\n  tags: *all', 'has an alias of what it stands in'],
    ['a date in the place of a section', 'default: 2026-11-20', 'default: must be a mapping (key: value)'],
    [
      'letters that no CA takes',
      'default:\n  contact: me@b\u00fccher.test',
      'default.contact: must be one mail',
    ],
    ['a contact with a header', 'default:\n  contact: a@b.test?to=c', 'default.contact: must be one mail'],
    ['what only tests set', 'default:\n  caAtLoopback: "true"', 'default: unknown key "caAtLoopback"'],
  ])('is refused in one line that names file, key and what to do: %s', (_, yml, complaint) => {
    const message = complaintOf(() => parseSettings(yml, file));
    expect(message).toContain(`settings.yml: ${complaint}`);
    expect(message).toContain('mend it there (settings.example.yml explains each key)');
    expect(message).not.toContain('\n');
  });

  it('does not show what is in a file of roots that is none', async () => {
    writeFileSync(join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n');
    const message = complaintOf(() => parseSettings('default:\n  caRoots: key.pem', file));
    expect(message).toContain('default.caRoots: holds a private key');
    expect(message).not.toContain('c2VjcmV0');
  });

  it('may have a byte order mark, the line ends of Windows, and dates', async () => {
    const yml = `\ufeffdefault:\n  ${NEEDED}\n  tags: { since: 2026-01-01 }\n`;
    expect(await taken(yml.replaceAll('\n', '\r\n'), 'production')).toMatchObject({
      tags: { since: '2026-01-01' },
    });
  });

  it('is refused in one line that names it where it cannot be read', async () => {
    process.env.PERENNIAL_SETTINGS = folder;
    await expect(checkParams(serverless('production'))).rejects.toThrow(
      /^\S+: cannot be read \(EISDIR\); [^\n]+$/,
    );
    await expect(taken('default:\n  caRoots: .\n', 'production')).rejects.toThrow(
      'settings.yml: default.caRoots: cannot be read (EISDIR)',
    );
  });

  it('is not what a misspelt --param is for, which would count for nothing', async () => {
    const given = { contcat: 'a@b.test' };
    await expect(taken(`default:\n  ${NEEDED}\n`, 'production', {}, given)).rejects.toThrow(
      '--param: unknown name "contcat" (did you mean contact?)',
    );
    const others = { 'self:params.default': { dnsPort: 53 } };
    await taken(`default:\n  ${NEEDED}\n`, 'production', others, { dnsPort: '5353' });
  });

  it('has to be there where it is named', async () => {
    process.env.PERENNIAL_SETTINGS = join(folder, 'other.yml');
    await expect(checkParams(serverless('production'))).rejects.toThrow('which PERENNIAL_SETTINGS names');
  });
});

function complaintOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return 'not refused';
}

describe('what has no default', () => {
  const run = async (command: string) => {
    const { argv } = process;
    process.argv = ['node', 'serverless', command];
    try {
      return await checkParams(serverless('production'));
    } finally {
      process.argv = argv;
    }
  };

  it.each(['deploy', 'package', 'print'])('is asked for by %s', async (command) => {
    await expect(run(command)).rejects.toThrow('contact: is missing');
  });

  it.each(['info', 'invoke', 'logs', 'metrics', 'remove'])('is not by %s', async (command) => {
    await expect(run(command)).resolves.toMatchObject({ ordersPerRun: '100' });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const checkParams = createRequire(import.meta.url)('../../resources/params.cjs');

const ALL = 'default:\n  contact: you@example.com\n  agreeToTerms: true\n  domains: [example.com]\n';
/** What serverless.yml has for every stage. */
const BELOW: Record<string, unknown> = {
  ...{ challengeTargets: [], fallbackDirectoryUrls: [], hostGroups: {}, hostRoles: {}, zoneRoles: {} },
  ...{ kmsKeyArn: '', ordersPerRun: 100, checkEveryHours: 1, alsoAllow: [] },
};
const { argv } = process;
let folder: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perennial-stages-'));
  process.env.PERENNIAL_SETTINGS = join(folder, 'settings.yml');
  warnings = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => warnings.push(String(text)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  process.argv = argv;
  process.env.PERENNIAL_SETTINGS = '';
  rmSync(folder, { recursive: true });
});

/** The parameters of `serverless <command> --stage <stage>`. */
function run(yml: string, stage: string, command = 'deploy') {
  writeFileSync(join(folder, 'settings.yml'), yml);
  process.argv = ['node', 'serverless', command];
  return checkParams({
    resolveVariable: async (variable: string) => {
      const name = variable.replace(/, null$/, '');
      if (name === 'sls:stage') return stage;
      if (name === 'self:params.staging.directoryUrl') return 'https://ca.test/staging';
      return BELOW[name.replace(/^param:/, '')] ?? null;
    },
  });
}

describe('--stage', () => {
  it.each([
    ['stagin', 'staging'],
    ['Staging', 'staging'],
    ['stagign', 'staging'],
    ['stagings', 'staging'],
    ['sstaging', 'staging'],
    ['stating', 'staging'],
    ['staging2', 'staging'],
    ['Production', 'production'],
    ['prodution', 'production'],
  ])(
    '%s is refused where settings.yml has no such section, with the way to keep it',
    async (stage, meant) => {
      await expect(run(ALL, stage)).rejects.toThrow(
        `the stage "${stage}" would be one of its own, with the production CA (did you mean --stage ${meant}?); to keep this name, add a section "${stage}: {}" to settings.yml`,
      );
      await expect(run(`${ALL}${stage}: {}\n`, stage)).resolves.toMatchObject({ domains: 'example.com' });
    },
  );

  it.each(['staging', 'production', 'test', 'prod', 'saving', 'string', 'preproduction'])(
    '%s needs no section',
    async (stage) => {
      await expect(run(ALL, stage)).resolves.toMatchObject({ domains: 'example.com' });
    },
  );

  it('may be misspelt where nothing is made, as for the stack that a misspelt one made', async () => {
    await expect(run(ALL, 'stagin', 'remove')).resolves.toMatchObject({ domains: 'example.com' });
    expect(warnings).toEqual([]);
  });
});

describe('the name of a section', () => {
  it.each([
    ...['string', 'saving', 'stacking', 'tagging', 'paging', 'aging', 'productive', 'myproduction'],
    ...['reduction', 'staging2', 'staging-eu', 'production-eu', 'default2', 'default-eu', 'fault'],
  ])('may be %s, whatever is deployed', async (section) => {
    const yml = `${section}:\n  ordersPerRun: 7\n${ALL.replace('default:', 'production:')}`;
    await expect(run(yml, 'production')).resolves.toMatchObject({ ordersPerRun: '100' });
  });

  it.each(['stating', 'sting', 'staying', 'staring', 'standing', 'Staging', 'Production', 'Default'])(
    'may be %s where it is deployed, or what it resembles has a section too',
    async (section) => {
      const own = `${ALL}${section}:\n  ordersPerRun: 7\n`;
      await expect(run(own, section)).resolves.toMatchObject({ ordersPerRun: '7' });
      await expect(run(`${own}staging: {}\nproduction: {}\n`, 'acceptance')).resolves.toMatchObject({
        ordersPerRun: '100',
      });
    },
  );

  it.each([
    ['stating', 'staging'],
    ['Staging', 'staging'],
    ['productoin', 'production'],
    ['defaults', 'default'],
  ])('is refused for another stage where it is %s, with the way to keep it', async (section, meant) => {
    await expect(run(`${section}: {}\n`, 'acceptance')).rejects.toThrow(
      `to keep this name, add a section "${meant}: {}" too`,
    );
  });

  it.each(['notify', 'bucket', 'cas', 'contact', 'domains'])(
    'may be that of the setting %s, with settings below it',
    async (section) => {
      const yml = `${ALL}${section}:\n  ordersPerRun: 7\n`;
      await expect(run(yml, section)).resolves.toMatchObject({ ordersPerRun: '7' });
      await expect(run(yml, 'production')).resolves.toMatchObject({ ordersPerRun: '100' });
    },
  );

  it('may be that of a setting with names below it where it is deployed', async () => {
    const yml = `${ALL}tags:\n  ordersPerRun: 7\n`;
    await expect(run(yml, 'tags')).resolves.toMatchObject({ ordersPerRun: '7' });
    await expect(run(yml, 'production')).rejects.toThrow(
      '"tags" stands beside the sections; put it below "default:", indented (to keep this name for a stage, keep its section in a file of its own, which PERENNIAL_SETTINGS names)',
    );
  });

  it.each([
    ['prod', 1],
    ['Live', 1],
    ['test', 0],
  ])('%s is no other word for production, which a deploy of production says', async (section, count) => {
    const yml = `${ALL}${section}:\n  ordersPerRun: 7\n`;
    // First, as a line is said once.
    await run(yml, section);
    await run(yml, 'acceptance');
    await run(`${yml}production: {}\n`, 'production');
    expect(warnings).toEqual([]);
    expect(await run(yml, 'production')).toMatchObject({ ordersPerRun: '100' });
    await run(yml, 'production');
    expect(warnings).toHaveLength(count);
    for (const warning of warnings)
      expect(warning).toBe(
        `Warning: settings.yml: the section "${section}" does not apply to the stage production, which is deployed now; if it is meant for it, name it "production"\n`,
      );
  });
});

describe('a settings.yml with something wrong in it', () => {
  const WRONG = [
    ['no YAML', 'default: ['],
    ['an unknown key', 'default:\n  contcat: a@b.test\n'],
    ['a role for no group', `${ALL}  hostRoles: { web: ["arn:aws:iam::123456789012:role/web"] }\n`],
  ] as const;

  it.each(WRONG)('stops a deploy: %s', async (_, yml) => {
    await expect(run(yml, 'production')).rejects.toThrow();
    expect(warnings).toEqual([]);
  });

  describe.each(['info', 'invoke', 'logs', 'metrics', 'remove', 'rollback'])(
    'does not stop %s',
    (command) => {
      it.each(WRONG)('for %s, and one line says so', async (_, yml) => {
        await expect(run(yml, 'production', command)).resolves.toMatchObject({ ordersPerRun: '100' });
        expect(warnings).toHaveLength(1);
        expect(warnings[0]).toMatch(/^Warning: [^\n]+\n$/);
        expect(warnings[0]).toContain(`"serverless ${command}" goes on without settings.yml`);
      });
    },
  );
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepBundles } from '../../local/bundles/environment.ts';
import { npmProgram, PROJECT } from '../../tools/check/run-tool.ts';

const CONFIG = '[default]\nregion = eu-west-3\n[profile other]\nregion = ap-northeast-1\n[profile bare]\n';
const NOWHERE = /no AWS region is set, and none is assumed\. Set AWS_REGION, .*--region/;
const PARAMS = ['contact=you@example.com', 'agreeToTerms=true', 'domains=example.com'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-region-'));
  await writeFile(join(folder, 'config'), CONFIG);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program with this of AWS in its environment, and nothing else of it. */
async function run(program: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const own = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    // Nobody answers there.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    TMPDIR: folder,
    ...keepBundles(PROJECT, process.env),
  };
  const options = { cwd: PROJECT, env: { ...Object.fromEntries(inherited), ...own, ...env } };
  try {
    return { code: 0, ...(await promisify(execFile)(program, args, options)) };
  } catch (error) {
    return error as Ended;
  }
}

const NO_CONFIG = { AWS_CONFIG_FILE: '/nonexistent' };
/** What is in the environment, what is said besides, and the region that is meant. */
const CASES: [env: Record<string, string>, more: string[], region: string][] = [
  [{ AWS_REGION: 'sa-east-1', AWS_DEFAULT_REGION: 'us-west-2' }, [], 'sa-east-1'],
  [{ AWS_DEFAULT_REGION: 'us-west-2' }, [], 'us-west-2'],
  [{ AWS_REGION: '', AWS_DEFAULT_REGION: '' }, [], 'eu-west-3'],
  [{ AWS_PROFILE: 'other' }, [], 'ap-northeast-1'],
  [{ AWS_REGION: 'sa-east-1' }, ['--region', 'eu-north-1'], 'eu-north-1'],
  [{}, ['--region', 'eusc-de-east-1'], 'eusc-de-east-1'],
];

describe('serverless', () => {
  const deploysTo = (env: Record<string, string>, more: string[]) => {
    const given = PARAMS.map((param) => `--param=${param}`);
    return run(npmProgram('serverless'), ['print', '--path', 'provider.region', ...given, ...more], env);
  };

  it.each(CASES)('with %j and %j deploys to %s', async (env, more, region) => {
    const { stdout, stderr } = await deploysTo(env, more);
    expect(stdout.trim(), stderr).toBe(region);
  });

  it('takes the region of --aws-profile', async () => {
    expect((await deploysTo({}, ['--aws-profile', 'other'])).stdout.trim()).toBe('ap-northeast-1');
  });

  it.each([
    [{ AWS_REGION: 'sa-east-1' }, 'sa-east-1'],
    [{}, 'eu-west-3'],
    [NO_CONFIG, undefined],
  ])('with %j deploys the stack for hosts elsewhere to %s', async (env, region) => {
    const given = ['--param=bucket=main', '--param=bucketRegion=us-east-1'];
    const args = ['print', '--config', 'serverless.hosts.yml', '--path', 'provider.region', ...given];
    const { code, stdout, stderr } = await run(npmProgram('serverless'), args, env);
    if (region) expect(stdout.trim(), stderr).toBe(region);
    else expect([code === 0, `${stdout}\n${stderr}`]).toEqual([false, expect.stringMatching(NOWHERE)]);
  });

  it.each([
    ['without any configuration', NO_CONFIG],
    ['with a profile that has none', { AWS_PROFILE: 'bare' }],
  ])('%s refuses in one line', async (_, env) => {
    const { code, stdout, stderr } = await deploysTo(env, []);
    expect(code).not.toBe(0);
    expect(`${stdout}\n${stderr}`.split('\n').filter((line) => NOWHERE.test(line))).toHaveLength(1);
  });
});

describe('serverless with serverless.hosts.yml', () => {
  const ELSEWHERE = ['bucket=main', 'bucketRegion=eusc-de-east-1', 'tags={"team":"platform"}'];
  const print = (env: Record<string, string>, path: string) => {
    const given = ELSEWHERE.map((param) => `--param=${param}`);
    const args = ['print', '--config', 'serverless.hosts.yml', '--path', path, ...given];
    return run(npmProgram('serverless'), args, env);
  };

  it('deploys to the region of the profile, and to the European Sovereign Cloud', async () => {
    expect((await print({ AWS_PROFILE: 'other' }, 'provider.region')).stdout.trim()).toBe('ap-northeast-1');
    const sovereign = await print({ AWS_REGION: 'eusc-de-east-1' }, 'provider.region');
    expect(sovereign.stdout.trim(), sovereign.stderr).toBe('eusc-de-east-1');
  });

  it('refuses in one line where there is none', async () => {
    const { code, stdout, stderr } = await print(NO_CONFIG, 'provider.region');
    expect(code).not.toBe(0);
    expect(`${stdout}\n${stderr}`.split('\n').filter((line) => NOWHERE.test(line))).toHaveLength(1);
  });

  it('has the tags of the organization', async () => {
    const { stdout, stderr } = await print({}, 'provider.stackTags');
    expect(stdout.trim(), stderr).toBe('team: platform');
  });
});

describe('perennial-tls', () => {
  const status = (env: Record<string, string>, more: string[]) =>
    run(process.execPath, ['cli/main.ts', 'status', ...more], env);

  it.each(CASES)('with %j and %j asks %s', async (env, more, region) => {
    expect((await status(env, more)).stderr).toContain(`could not look for the stack in ${region}: `);
  });

  it('refuses in one line where there is none', async () => {
    const { code, stderr } = await status(NO_CONFIG, []);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^status: no AWS region is set[^\n]*\n$/);
  });
});

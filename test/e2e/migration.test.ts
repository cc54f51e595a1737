import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import { DeployedLine } from './deployed-line.ts';
import { findMigrationPrograms, type MigrationPrograms } from './migration-programs.ts';
import { whileS3IsSilent } from './silent-s3.ts';

const PROGRAM = join(import.meta.dirname, '../../cli/perennial.mjs');
const LIMIT_MS = 120_000;
const PROFILE = ['--preferred-profile', 'classic'];
let line: DeployedLine;
let programs: MigrationPrograms;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-'));
  line = await DeployedLine.start({
    pebble: { retryAfter: { authz: 0, order: 0 }, nonceReject: 0, env: { PEBBLE_VA_ALWAYS_VALID: '1' } },
  });
  programs = await findMigrationPrograms({
    directoryUrl: line.cloud.directoryUrl,
    tlsFile: line.cloud.caTlsFile,
  });
});

afterAll(async () => {
  await line?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Imported {
  program: string;
  certificates: { name: string; outcome: string; message: string; notCarried: string[] }[];
}

/** `npx --no-install perennial-tls … --json`. */
async function perennial<T>(...args: string[]): Promise<{ status: number; json: T; stderr: string }> {
  const options = { env: { ...process.env, ...line.cloud.env }, timeout: LIMIT_MS };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args, '--json'], options, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), json: JSON.parse(stdout), stderr }),
    ).stdin?.end();
  });
}

/** The program, or a test that is skipped and says what is missing. */
function need<T>(context: TestContext, program: T | string): T {
  if (typeof program === 'string') context.skip(program);
  return program as T;
}

/** What the hourly check, as it would come next, decides on each of these; nothing may be ordered. */
async function nextScan(names: string[]): Promise<string[]> {
  await line.idle();
  const orders = await line.cloud.caRequests(/order-plz/);
  const { certificates } = await line.invoke<Plan>('scan', { start: 'hourly-check' });
  await line.idle();
  expect(await line.cloud.caRequests(/order-plz/)).toBe(orders);
  return certificates.flatMap(({ name, action, reason }) =>
    names.includes(name) ? [`${name} ${action} ${reason}`] : [],
  );
}

const outcomes = ({ certificates }: Imported) =>
  certificates.map(({ name, outcome }) => `${name} ${outcome}`);

describe('perennial-tls import, of folders that the programs made themselves', () => {
  it('takes over certbot’s, says what it leaves behind, and nothing is issued needlessly', async (context) => {
    const certbot = need(context, programs.certbot);
    const root = join(folder, 'certbot');
    const hook = ['--deploy-hook', 'true'];
    await certbot.issue(root, [
      '--preferred-challenges',
      'dns',
      ...PROFILE,
      ...hook,
      '-d',
      'bot.example.com',
      '-d',
      '*.bot.example.com',
    ]);
    await certbot.issue(root, [
      '--preferred-challenges',
      'http',
      ...PROFILE,
      '--key-type',
      'rsa',
      '--must-staple',
      '-d',
      'rsa.example.com',
    ]);
    await certbot.issue(root, ['--preferred-challenges', 'dns', '-d', 'www.example.org']);
    await certbot.issue(root, ['--preferred-challenges', 'dns', '-d', 'mixed.example.com']);
    const archive = (name: string, file: string) => join(root, 'archive', name, file);
    await copyFile(archive('bot.example.com', 'privkey1.pem'), archive('mixed.example.com', 'privkey1.pem'));

    const before = await line.keys();
    const dry = await perennial<Imported>('import', root, '--hosts', 'web', '--dry-run');
    expect(outcomes(dry.json)).toContain('bot.example.com would-import');
    expect(await line.keys()).toEqual(before);

    const { json, status } = await perennial<Imported>('import', root, '--hosts', 'web');
    expect(status).toBe(1);
    expect(json.certificates).toEqual([
      expect.objectContaining({
        name: 'bot.example.com',
        outcome: 'imported',
        notCarried: [
          expect.stringMatching(/^authenticator manual: /),
          expect.stringMatching(/^deploy hook: /),
        ],
      }),
      expect.objectContaining({
        name: 'mixed.example.com',
        outcome: 'refused',
        message: expect.stringContaining('its key is not the one'),
      }),
      expect.objectContaining({
        name: 'rsa.example.com',
        outcome: 'imported',
        notCarried: [expect.stringContaining('(http-01)'), expect.stringMatching(/^must_staple: /)],
      }),
      expect.objectContaining({
        name: 'www.example.org',
        outcome: 'refused',
        message: expect.stringContaining("outside the stack's domains"),
      }),
    ]);
    expect((await line.keys()).filter((key) => /mixed|example\.org/.test(key))).toEqual([]);
    expect(await nextScan(['bot.example.com', 'rsa.example.com'])).toEqual([
      'bot.example.com wait not-due',
      'rsa.example.com wait not-due',
    ]);
    const version = (await line.pointer('bot.example.com'))?.version;
    expect(await line.text(`archive/bot.example.com/${version}/fullchain.pem`)).toBe(
      await readFile(archive('bot.example.com', 'fullchain1.pem'), 'utf8'),
    );
    expect(outcomes((await perennial<Imported>('import', root, '--hosts', 'web')).json)).toContain(
      'bot.example.com there-already',
    );
  });

  it('takes over lego’s', async (context) => {
    const lego = need(context, programs.lego);
    const root = join(folder, 'lego');
    await lego.issue(root, ['lego.example.com', 'www.lego.example.com']);
    const { json, status } = await perennial<Imported>('import', root);
    expect({ status, program: json.program, outcomes: outcomes(json) }).toEqual({
      status: 0,
      program: 'lego',
      outcomes: ['lego.example.com imported'],
    });
    expect(await nextScan(['lego.example.com'])).toEqual(['lego.example.com wait not-due']);
  });

  it('takes over dehydrated’s', async (context) => {
    const dehydrated = need(context, programs.dehydrated);
    const root = join(folder, 'dehydrated');
    await dehydrated.issue(root, ['dry.example.com www.dry.example.com', '*.dry.example.com > star_dry']);
    const since = line.printed.length;
    // As in the first minutes of a bucket.
    const { json, status } = await whileS3IsSilent(line, async () => {
      const imported = await perennial<Imported>('import', root);
      await line.idle();
      return imported;
    });
    const looked = line.printed.slice(since).filter((text) => text.includes('certificate decided'));
    expect(looked.map((text) => JSON.parse(text).certificate.name).sort()).toEqual([
      'dry.example.com',
      'star_dry',
    ]);
    expect({ status, program: json.program, outcomes: outcomes(json) }).toEqual({
      status: 0,
      program: 'dehydrated',
      outcomes: ['dry.example.com imported', 'star_dry imported'],
    });
    expect((await line.pointer('star_dry'))?.key).toBe('ecdsa-p384');
    expect(await nextScan(['dry.example.com', 'star_dry'])).toEqual([
      'dry.example.com wait not-due',
      'star_dry wait not-due',
    ]);
  });

  it('renews what it took over, when asked to', async (context) => {
    need(context, programs.lego);
    const before = (await line.pointer('lego.example.com'))?.version ?? '';
    const { status } = await perennial('renew', 'lego.example.com', '--force');
    expect(status).toBe(0);
    expect(((await line.pointer('lego.example.com'))?.version ?? '') > before).toBe(true);
  });

  it('refuses a folder of none of them in one line', async () => {
    const { status, stderr } = await perennial('import', import.meta.dirname);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^import: [^\n]+ holds no certificates of certbot [^\n]+\n$/),
    });
  });
});

describe('perennial-tls export', () => {
  it('writes a folder that certbot reads, and that can be imported again', async (context) => {
    const certbot = need(context, programs.certbot);
    const root = join(folder, 'exported');
    const { status } = await perennial('export', root, 'bot.example.com', 'rsa.example.com');
    expect(status).toBe(0);
    const listed = await certbot.list(root);
    expect(listed).toMatch(/Certificate Name: bot\.example\.com[\s\S]*Key Type: ECDSA[\s\S]*VALID/);
    expect(listed).toMatch(/Certificate Name: rsa\.example\.com[\s\S]*Key Type: RSA/);
    const modes = await Promise.all(
      ['archive', 'live', 'archive/bot.example.com/privkey1.pem'].map(async (path) =>
        ((await stat(join(root, path))).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['700', '700', '600']);
    expect(await readFile(join(root, 'live/bot.example.com/fullchain.pem'), 'utf8')).toBe(
      await line.text('live/bot.example.com/fullchain.pem'),
    );
    expect(outcomes((await perennial<Imported>('import', root, '--hosts', 'web')).json)).toEqual([
      'bot.example.com there-already',
      'rsa.example.com there-already',
    ]);
  });

  it('leaves alone what is there, and says what is not issued', async () => {
    const root = join(folder, 'exported');
    const again = await perennial<Imported>('export', root, 'bot.example.com', 'nothing');
    expect(again.status).toBe(1);
    expect(again.json.certificates).toMatchObject([
      { outcome: 'refused', message: expect.stringContaining('exists already; it is left as it is') },
      { outcome: 'refused', message: 'nothing is issued yet' },
    ]);
  });
});
